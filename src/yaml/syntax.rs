//! The parser's findings in our words: what is wrong and what to do, in one sentence.

use super::tree::{Fault, too_deep};
use granit_parser::{ErrorKind, ScanError};

/// What granit found, in our words, with the word at which it stopped.
pub(super) fn syntax_fault(text: &str, base: usize, error: &ScanError) -> Fault {
    let mut at = (base + error.marker().byte_offset().unwrap_or(0)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let message = syntax_message(error.kind());
    if message == TAB_MESSAGE {
        // It is noticed at the end of the token before it.
        at = text[at..].find('\t').map_or(at, |tab| at + tab);
        return (at..text.len().min(at + 1), message);
    }
    let word =
        text[at..].chars().take(80).take_while(|c| !c.is_whitespace()).map(char::len_utf8).sum::<usize>();
    (at..at + word, message)
}

const TAB_MESSAGE: &str = "A tab stands where YAML wants spaces; replace it with spaces.";

fn syntax_message(kind: &ErrorKind) -> String {
    use ErrorKind as E;
    match kind {
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart | E::TabInPlainScalar => {
            TAB_MESSAGE
        }
        E::UnclosedFlowCollection { open: '[' } | E::UnexpectedEofFlowSequence => "A “[” is not closed; add the missing “]”.",
        E::UnclosedFlowCollection { .. } | E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => {
            "A “{” is not closed; add the missing “}”."
        }
        E::MisplacedFlowCollectionEnd => "A closing bracket has no opening one; remove it.",
        E::MismatchedFlowCollectionEnd { open, close } => {
            return format!("The bracket “{open}” is closed by “{close}”; make them match.");
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            "A “,” or a closing bracket is missing before this; add it, or quote the text."
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => "A quoted text is not closed; add the closing quote.",
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            "Text follows a closing quote; quote all of the value."
        }
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => {
            "YAML does not know this escape; write “\\\\” for a backslash, or use single quotes."
        }
        E::InvalidLowSurrogateHexEscape | E::InvalidLowSurrogate | E::MissingLowSurrogate | E::UnpairedLowSurrogate => {
            "This escape is one half of a character; write the character itself."
        }
        E::UnknownAnchor => "No anchor of this name stands before the alias; define it with “&name”.",
        E::MissingAnchorOrAliasName => "The name after “&” or “*” is missing; write it, or quote the text.",
        E::RecursionLimitExceeded => return too_deep(),
        E::DirectiveDisallowed | E::ExpectedDocumentStart | E::MissingDocumentEndBeforeDirective => {
            "kubectl does not accept lines that begin with “%”, and wants no text before “---”; remove the line."
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement => {
            "A “: ” is not allowed here; put the key on a line of its own, or quote the text."
        }
        E::MappingKeyNotAllowed | E::SimpleKeyExpected | E::InvalidSimpleKey => {
            "A mapping key is expected here: one line of at most 1,024 characters with a “:” after it; add the “:” or indent the text."
        }
        E::ExpectedBlockMappingKey | E::InvalidIndentation | E::InvalidFlowScalarIndent | E::InvalidQuotedScalarIndent => {
            "This line does not fit the lines above it; give it the indentation of its neighbours, or a “key:”."
        }
        E::ExpectedBlockSequenceEntry | E::BlockSequenceEntryNotAllowed => {
            "A list item is not possible here; check the indentation of this line and of the ones above it."
        }
        E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => {
            "A “-” list is not possible between brackets; separate the items with commas."
        }
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => {
            "After “|” or “>” only “+”, “-”, an indentation from 1 to 9 and a comment may stand; move the text to the next line."
        }
        E::InvalidBlockScalarIndent => "A blank line before this text has more spaces than the text; remove them.",
        E::CommentInterceptedScalar => "A comment cuts this text in two; quote the text or move the comment.",
        E::CommentNotSeparated => "A “#” begins a comment only after a space; add one, or quote the text.",
        E::UnexpectedCharacter { character } => {
            return format!("A value cannot begin with “{character}”; quote it.");
        }
        E::TooManyComments => "There are more than 10,000 comment lines in a row; shorten them.",
        E::InvalidDocumentEnd => "Only a comment may follow “...” on its line; remove the rest.",
        E::UndeclaredTagHandle | E::ExpectedTagBang | E::InvalidTagTerminator | E::MissingTagUri | E::UnclosedVerbatimTag => {
            "This tag is not complete or not known; remove it, or quote the text."
        }
        E::ExpectedNodeContent => "A value is missing here; write it, or remove the mark before it.",
        E::ExpectedWhitespace | E::InvalidBlockEntryWhitespace | E::InvalidMappingValueWhitespace => {
            "A space is missing or a tab stands in its place; write one space."
        }
        E::FlowMappingValueAdjacentCollection => "A space is missing after “:”; write one.",
        E::UnexpectedEof | E::UnexpectedEndOfPlainScalar => "The text ends in the middle of a value; complete it.",
        _ => "This is not YAML that kubectl can read; check quotes, brackets and indentation here.",
    }
    .to_owned()
}
