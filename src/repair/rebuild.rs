//! The search for the indentation that the lines of one document had: a line at a time, every place is tried that the
//! types allow for it, and the cheapest readings go on.
//!
//! A reading is a stack of open mappings and lists. `key:` belongs to the value that the line before left open, or to any
//! open mapping, and closes those within; `- ` likewise to any open list. What a reading costs grows with unknown and
//! missing fields, values of the wrong kind, and what people seldom write.

use super::line::{Inline, Item, Line, depths};
use super::shape::{Form, Shape, UNKNOWN, WRONG_NODE, oddness_of_key};
use crate::schema::{Kind, Schema};
use std::collections::HashMap;
use std::rc::Rc;

/// Readings that go on from a line, in a text of few lines.
const WIDTH: usize = 96;
/// Lines times readings: what a longer text may cost.
const MOST_WORK: usize = 120_000;
/// Readings that go on from a line with the same places open, and so differ in what is past.
const SAME_FUTURE: usize = 4;
/// Whole readings that are given back.
const MOST_READINGS: usize = 24;
/// How much dearer than the best a reading may be to be given back.
const REACH: u32 = 26;

/// A key that its mapping has already.
const REPEATED: u32 = 52;
/// On top of that, if the key has nothing after it.
const UNKNOWN_AND_OPEN: u32 = 14;
/// A key that its type does not have, but nearly.
const MISSPELT: u32 = 32;
/// A field that its type requires and that is not there.
const MISSING: u32 = 12;
/// A key with nothing after it whose field is a mapping or a list.
const HOLLOW: u32 = 30;
/// Another place than the one that what is left of the indentation tells.
const AGAINST_INDENT: u32 = 5;
/// A text that is neither key nor item nor the rest of a value.
const STRAY: u32 = 60;
/// A line of a block scalar that would be a field of what is open.
const FIELD_AS_TEXT: u32 = 10;
/// A key of a map of strings that is a field of the object around it, too.
const OF_OUTER: u32 = 8;

const NONE: usize = usize::MAX;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In this column.
    At(usize),
    /// In a block scalar whose text stands in this column.
    Block(usize),
    /// Where the next line stands that says something: a comment.
    Next,
}

/// One way to read a document.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// What speaks against it.
    pub cost: u32,
    /// The column of each line; 0 of a blank one.
    pub indents: Vec<usize>,
}

/// An open mapping or list.
struct Frame {
    parent: usize,
    form: Form,
    is_list: bool,
    /// The column of its keys or dashes.
    col: usize,
    /// The same in the text as it came.
    orig: usize,
    /// Which of the first 64 fields of its type are set.
    set: u64,
    /// The last key, in `Search::keys`.
    keys: usize,
    /// The same for two frames with the same keys in the same surroundings.
    hash: u64,
    /// The type around it.
    within: &'static str,
}

/// A value that the last line left open.
#[derive(Clone, Copy)]
struct Pending {
    shape: Shape,
    col: usize,
    orig: usize,
    after_dash: bool,
}

/// A block scalar that is being read.
#[derive(Clone, Copy)]
struct Block {
    col: usize,
    orig: usize,
    has_text: bool,
}

#[derive(Clone, Copy)]
struct State {
    cost: u32,
    top: usize,
    pending: Option<Pending>,
    block: Option<Block>,
    trail: usize,
}

struct Search<'l> {
    schema: &'static Schema,
    lines: &'l [Line],
    /// Whether some of the indentation is left.
    varied: bool,
    frames: Vec<Frame>,
    keys: Vec<(usize, u64)>,
    /// Line and place, after those of an earlier entry.
    trail: Vec<(usize, usize, Place)>,
    items: Vec<Option<Rc<Item>>>,
    /// Whether a type nearly has a key.
    misspelt: HashMap<(&'static str, u64), bool>,
    init_containers: u64,
}

/// The readings of the lines of one document, best first; none if no line says anything.
pub(super) fn readings(lines: &[Line], schema: &'static Schema) -> Vec<Reading> {
    let mut said = lines.iter().filter(|line| !line.is_blank() && !line.is_comment() && !line.is_marker());
    let Some(first) = said.next().map(Line::indent) else { return Vec::new() };
    let search = Search {
        schema,
        lines,
        varied: said.any(|line| line.indent() != first),
        frames: Vec::new(),
        keys: Vec::new(),
        trail: Vec::new(),
        items: vec![None; lines.len()],
        misspelt: HashMap::new(),
        init_containers: hash_of("initContainers"),
    };
    search.run()
}

/// What the objects of a document may be, with what speaks against each.
fn roots(lines: &[Line], schema: &'static Schema) -> Vec<(Shape, u32)> {
    if let Some(shape) = kind_of_object(lines, 0, schema) {
        return vec![(shape, 0)];
    }
    let names = [
        "Pod",
        "Deployment",
        "CronJob",
        "Job",
        "StatefulSet",
        "DaemonSet",
        "PodTemplate",
        "PodSpec",
        "PodTemplateSpec",
        "DeploymentSpec",
        "JobSpec",
        "CronJobSpec",
        "Container",
        "Volume",
        "Probe",
    ];
    let known = names.iter().zip(2..).filter_map(|(name, cost)| {
        let (id, _) = schema.named(name)?;
        Some((Shape::Known(schema.object_kind(id)), cost))
    });
    let lists = ["Container", "Volume", "EnvVar", "VolumeMount", "ContainerPort"]
        .iter()
        .zip(20..)
        .filter_map(|(name, cost)| {
            let (id, _) = schema.named(name)?;
            // A list of them stands in the pod spec or in the container.
            let item = schema.object_kind(id);
            let lists = ["PodSpec", "Container"].iter().filter_map(|ty| schema.named(ty));
            let mut fields = lists.flat_map(|(_, ty)| &ty.fields);
            let list = fields.find(|def| matches!(&def.kind, Kind::List(of) if **of == *item))?;
            Some((Shape::Known(&list.kind), cost))
        });
    known.chain(lists).collect()
}

/// The shape that the next `kind:` from a line on, and the `apiVersion:` near it, tell.
fn kind_of_object(lines: &[Line], from: usize, schema: &'static Schema) -> Option<Shape> {
    let value = |key: &str| {
        lines[from..].iter().find_map(|line| {
            let bare = line.bare().trim_start_matches("- ").strip_prefix(key)?.strip_prefix(':')?;
            let word = bare.split(" #").next().unwrap_or_default().trim();
            Some(word.trim_matches(['"', '\'']))
        })
    };
    value("kind").map(|kind| Shape::of_kind(schema, value("apiVersion").unwrap_or_default(), kind))
}

impl Search<'_> {
    fn run(mut self) -> Vec<Reading> {
        let count = self.lines.len();
        let width = (MOST_WORK / count).clamp(6, WIDTH);
        let mut beams: Vec<Vec<State>> = vec![Vec::new(); count + 1];
        let is_fragment = kind_of_object(self.lines, 0, self.schema).is_none();
        for (shape, cost) in roots(self.lines, self.schema) {
            let form = shape.form(self.schema);
            let top = self.open(NONE, form, 0, self.first_indent());
            if is_fragment {
                // Of a fragment nothing is missing.
                self.frames[top].set = u64::MAX;
            }
            beams[0].push(State { cost, top, pending: None, block: None, trail: NONE });
        }
        for at in 0..count {
            let beam = self.narrowed(std::mem::take(&mut beams[at]), width);
            for state in beam {
                self.go_on(state, at, &mut beams);
            }
        }
        let mut ends = std::mem::take(&mut beams[count]);
        for end in &mut ends {
            end.cost += self.cost_of_null(end.pending) + self.cost_of_closing(end.top, NONE);
        }
        ends.sort_by_key(|end| end.cost);
        let Some(best) = ends.first().map(|end| end.cost) else { return Vec::new() };
        let mut readings: Vec<Reading> = Vec::new();
        for end in ends.iter().take_while(|end| end.cost <= best + REACH) {
            let indents = self.indents(end.trail);
            if readings.iter().all(|other| other.indents != indents) {
                readings.push(Reading { cost: end.cost, indents });
            }
            if readings.len() == MOST_READINGS {
                break;
            }
        }
        readings
    }

    fn first_indent(&self) -> usize {
        self.lines.iter().find(|line| !line.is_blank() && !line.is_marker()).map_or(0, Line::indent)
    }

    /// The cheapest states, few of each kind of future.
    fn narrowed(&self, mut beam: Vec<State>, width: usize) -> Vec<State> {
        beam.sort_by_key(|state| state.cost);
        let mut futures: HashMap<(u64, usize, usize), usize> = HashMap::new();
        beam.retain(|state| {
            let pending = state.pending.map_or(0, |pending| pending.col + 1);
            let block = state.block.map_or(0, |block| block.col + 1);
            let same = futures.entry((self.frames[state.top].hash, pending, block)).or_default();
            *same += 1;
            *same <= SAME_FUTURE
        });
        beam.truncate(width);
        beam
    }

    fn item(&mut self, at: usize) -> Rc<Item> {
        let lines = self.lines;
        self.items[at].get_or_insert_with(|| Rc::new(Item::read(lines, at))).clone()
    }

    fn place(&mut self, state: &mut State, line: usize, place: Place) {
        self.trail.push((state.trail, line, place));
        state.trail = self.trail.len() - 1;
    }

    /// All ways to read the line `at` in a state.
    fn go_on(&mut self, mut state: State, at: usize, beams: &mut [Vec<State>]) {
        let lines = self.lines;
        let line = &lines[at];
        let indent = line.indent();
        if line.is_blank() {
            return beams[at + 1].push(state);
        }
        if line.is_marker() || line.text.starts_with("...") || line.text.starts_with('%') {
            self.place(&mut state, at, Place::At(0));
            return beams[at + 1].push(state);
        }
        if let Some(block) = state.block {
            let mut more = state;
            more.block = Some(Block { has_text: true, ..block });
            more.cost += self.cost_as_text(state, block, at);
            self.place(&mut more, at, Place::Block(block.col));
            beams[at + 1].push(more);
            if self.varied && indent > block.orig {
                return;
            }
            state.cost += if block.has_text { 1 } else { AGAINST_INDENT };
        }
        if line.is_comment() {
            state.block = None;
            self.place(&mut state, at, Place::Next);
            return beams[at + 1].push(state);
        }
        let item = self.item(at);
        if item.key.is_none() && item.dashes.is_empty() {
            self.stray(state, at, &item, beams);
        } else if item.dashes.is_empty() {
            self.as_key(state, at, &item, beams);
        } else {
            self.as_list_item(state, at, &item, beams);
        }
    }

    /// What speaks against a line as text of a block scalar.
    fn cost_as_text(&mut self, state: State, block: Block, at: usize) -> u32 {
        let line = &self.lines[at];
        let mut cost = 0;
        if self.varied && line.indent() <= block.orig && block.has_text {
            cost += AGAINST_INDENT + 1;
        }
        if line.is_comment() {
            return cost;
        }
        let item = self.item(at);
        let Some(key) = &item.key else { return cost };
        let is_header = matches!(item.value, Inline::Block(_));
        let mut frame = state.top;
        while frame != NONE {
            let Frame { form, is_list, parent, .. } = self.frames[frame];
            let is_field = match form {
                Form::List(shape) if !item.dashes.is_empty() => shape.form(self.schema).def(key).is_some(),
                Form::Map(_) => is_header && item.dashes.is_empty(),
                Form::Beside(_) => item.dashes.is_empty() && form.field(key).is_some(),
                _ => !is_list && item.dashes.is_empty() && form.def(key).is_some(),
            };
            if is_field {
                return cost + if is_header { 14 } else { FIELD_AS_TEXT };
            }
            frame = parent;
        }
        cost
    }

    /// A line that is no structure: nothing good can come of it, but other lines may still be read.
    fn stray(&mut self, mut state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        state.cost += STRAY;
        state.block = None;
        let col = self.frames[state.top].col + 2;
        self.place(&mut state, at, Place::At(col));
        self.place_rest(&mut state, at, item.end, col);
        beams[item.end].push(state);
    }

    fn as_key(&mut self, state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        let indent = self.lines[at].indent();
        if let Some(pending) = state.pending {
            let form = pending.shape.form(self.schema);
            let (form, misfit) = match form {
                Form::List(_) | Form::Scalar => (Form::Loose, WRONG_NODE),
                form => (form, 0),
            };
            let mut child = state;
            child.cost += misfit + self.against(indent > pending.orig);
            let form = self.resolved(pending.shape, form, at);
            child.top = self.open(state.top, form, pending.col + 2, indent);
            self.put_key(child, at, item, beams);
        }
        let mut frame = state.top;
        let mut cost = state.cost + self.cost_of_null(state.pending);
        while frame != NONE {
            if !self.frames[frame].is_list {
                let mut sibling = state;
                sibling.cost = cost + self.against(indent == self.frames[frame].orig);
                if state.block.is_some()
                    && matches!(self.frames[frame].form, Form::Map(_))
                    && !matches!(item.value, Inline::Block(_))
                {
                    sibling.cost += 6;
                }
                sibling.top = frame;
                self.put_key(sibling, at, item, beams);
            }
            cost += self.cost_of_closing(frame, self.frames[frame].parent) + 1;
            frame = self.frames[frame].parent;
        }
    }

    fn as_list_item(&mut self, state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        let indent = self.lines[at].indent();
        if let Some(pending) = state.pending {
            let (form, misfit) = match pending.shape.form(self.schema) {
                form @ Form::List(_) => (form, 0),
                Form::Loose => (Form::List(Shape::Loose), 1),
                _ => (Form::List(Shape::Loose), WRONG_NODE),
            };
            let mut child = state;
            child.cost += misfit + self.against(indent >= pending.orig);
            let col = if pending.after_dash { pending.col + 2 } else { pending.col };
            child.top = self.open(state.top, form, col, indent);
            self.put_item(child, at, item, beams);
        }
        let mut frame = state.top;
        let mut cost = state.cost + self.cost_of_null(state.pending);
        while frame != NONE {
            if self.frames[frame].is_list {
                let mut sibling = state;
                sibling.cost = cost + self.against(indent == self.frames[frame].orig);
                sibling.top = frame;
                self.put_item(sibling, at, item, beams);
            }
            cost += self.cost_of_closing(frame, self.frames[frame].parent) + 1;
            frame = self.frames[frame].parent;
        }
    }

    /// The line as a further item of the list that is on top.
    fn put_item(&mut self, mut state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        let mut col = self.frames[state.top].col;
        let mut orig = self.lines[at].indent();
        self.place(&mut state, at, Place::At(col));
        let mut shape = Shape::Loose;
        for (number, width) in item.dashes.iter().enumerate() {
            if number > 0 {
                let (form, misfit) = match shape.form(self.schema) {
                    form @ Form::List(_) => (form, 0),
                    Form::Loose => (Form::List(Shape::Loose), 0),
                    _ => (Form::List(Shape::Loose), WRONG_NODE),
                };
                state.cost += misfit;
                state.top = self.open(state.top, form, col, orig);
            }
            if let Form::List(of) = self.frames[state.top].form {
                shape = of;
            }
            (col, orig) = (col + width, orig + width);
        }
        let dash = col - item.dashes.last().copied().unwrap_or(2);
        state.pending = None;
        state.block = None;
        if item.key.is_some() {
            let (form, misfit) = match shape.form(self.schema) {
                Form::List(_) | Form::Scalar => (Form::Loose, WRONG_NODE),
                form => (form, 0),
            };
            state.cost += misfit;
            let form = self.resolved(shape, form, at);
            state.top = self.open(state.top, form, col, orig);
            return self.add_key(state, at, item, beams);
        }
        self.put_value(
            &mut state,
            at,
            item,
            shape,
            Pending { shape, col: dash, orig: self.lines[at].indent(), after_dash: true },
        );
        beams[item.end].push(state);
    }

    /// The line as a further key of the mapping that is on top.
    fn put_key(&mut self, mut state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        let col = self.frames[state.top].col;
        self.place(&mut state, at, Place::At(col));
        self.add_key(state, at, item, beams);
    }

    fn add_key(&mut self, mut state: State, at: usize, item: &Item, beams: &mut [Vec<State>]) {
        let Some(key) = item.key.as_deref() else { return };
        let frame = &self.frames[state.top];
        let (form, col, orig, within) = (frame.form, frame.col, frame.orig, frame.within);
        let hash = hash_of(key);
        if key == "<<" {
            state.pending = None;
            state.block = None;
            self.place_rest(&mut state, at, item.end, col + 2);
            return beams[item.end].push(state);
        }
        if self.has_key(state.top, hash) {
            state.cost += REPEATED;
        }
        let shape = match form.field(key) {
            Some(shape) => shape,
            None => {
                state.cost += if self.nearly_has(form, key, hash) { MISSPELT } else { UNKNOWN };
                // What nobody knows takes in whatever follows.
                state.cost += if let Inline::Nothing = item.value { UNKNOWN_AND_OPEN } else { 0 };
                Shape::Loose
            }
        };
        if !self.is_init_container(state.top) {
            state.cost += form.seldom(within, key);
        }
        if let Form::Map(value) = form {
            state.cost += oddness_of_key(value, key) + self.cost_of_outer(state.top, key, item);
        }
        if let Form::Loose = form {
            state.cost += 1 + self.cost_of_outer(state.top, key, item);
        }
        let bit = form
            .def(key)
            .map_or(0, |(place, _)| 1_u64.checked_shl(u32::try_from(place).unwrap_or(64)).unwrap_or(0));
        self.keys.push((self.frames[state.top].keys, hash));
        let frame = &self.frames[state.top];
        let next = Frame {
            set: frame.set | bit,
            keys: self.keys.len() - 1,
            hash: frame.hash.wrapping_add(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            ..*frame
        };
        self.frames.push(next);
        state.top = self.frames.len() - 1;
        state.pending = None;
        state.block = None;
        self.put_value(&mut state, at, item, shape, Pending { shape, col, orig, after_dash: false });
        beams[item.end].push(state);
    }

    /// The value that stands with its key or dash.
    fn put_value(&mut self, state: &mut State, at: usize, item: &Item, shape: Shape, pending: Pending) {
        let base = pending.col + 2;
        match &item.value {
            Inline::Nothing => state.pending = Some(pending),
            Inline::Block(indicator) => {
                let takes_text = match shape.form(self.schema) {
                    Form::Scalar => !matches!(shape, Shape::Known(kind) if *kind != Kind::String),
                    Form::Loose => true,
                    _ => false,
                };
                state.cost += if takes_text { 0 } else { WRONG_NODE };
                let col = indicator.map_or(base, |digit| pending.col + digit);
                state.block = Some(Block { col, orig: pending.orig, has_text: false });
            }
            Inline::Value(data) => {
                state.cost += data.as_ref().map_or(2, |data| shape.misfit(data, self.schema));
                self.place_rest(state, at, item.end, base);
            }
        }
    }

    /// The further lines of a value.
    fn place_rest(&mut self, state: &mut State, at: usize, end: usize, col: usize) {
        let lines = self.lines;
        for (line, depth) in (at..end).zip(depths(&lines[at..end])).skip(1) {
            if !lines[line].is_blank() {
                self.place(state, line, Place::At(col + 2 * depth.saturating_sub(1)));
            }
        }
    }

    fn against(&self, agrees: bool) -> u32 {
        if self.varied && !agrees { AGAINST_INDENT } else { 0 }
    }

    /// What speaks against a key in a map that the object around it has as a field, too, and has not set yet.
    fn cost_of_outer(&self, inner: usize, key: &str, item: &Item) -> u32 {
        let mut frame = self.frames[inner].parent;
        while frame != NONE {
            let Frame { form, is_list, parent, within, .. } = self.frames[frame];
            let is_typed = matches!(form, Form::Fields(_) | Form::Beside(_));
            if !is_list
                && is_typed
                && let Some(shape) = form.field(key)
            {
                let fits = match &item.value {
                    Inline::Nothing => !matches!(shape.form(self.schema), Form::Scalar),
                    Inline::Block(_) => true,
                    Inline::Value(data) => {
                        data.as_ref().is_none_or(|data| shape.misfit(data, self.schema) < 10)
                    }
                };
                if fits && form.seldom(within, key) == 0 && !self.has_key(frame, hash_of(key)) {
                    return OF_OUTER;
                }
            }
            frame = parent;
        }
        0
    }

    fn cost_of_null(&self, pending: Option<Pending>) -> u32 {
        let Some(pending) = pending else { return 0 };
        match (pending.shape, pending.shape.form(self.schema)) {
            (Shape::Known(_), Form::Scalar) => 12,
            (_, Form::Scalar) => 15,
            (_, Form::Loose) => 15,
            _ => HOLLOW,
        }
    }

    /// What is missing in the frames from one up to another, which stays open.
    fn cost_of_closing(&self, mut frame: usize, stays: usize) -> u32 {
        let mut cost = 0;
        while frame != stays && frame != NONE {
            // Of what the server writes there may be less.
            if let Form::Fields(ty) = self.frames[frame].form
                && !ty.name.ends_with("Status")
            {
                let set = self.frames[frame].set;
                let missing =
                    ty.fields.iter().zip(0..64).filter(|(def, place)| def.required && set >> place & 1 == 0);
                cost += MISSING * u32::try_from(missing.count()).unwrap_or(0);
            }
            frame = self.frames[frame].parent;
        }
        cost
    }

    fn nearly_has(&mut self, form: Form, key: &str, hash: u64) -> bool {
        *self.misspelt.entry((form.type_name(), hash)).or_insert_with(|| form.nearly_has(key))
    }

    /// Whether a mapping is an item of `initContainers`.
    fn is_init_container(&self, frame: usize) -> bool {
        let list = self.frames.get(self.frames[frame].parent).filter(|list| list.is_list);
        let holder = list.and_then(|list| self.frames.get(list.parent));
        holder
            .and_then(|holder| self.keys.get(holder.keys))
            .is_some_and(|(_, key)| *key == self.init_containers)
    }

    fn has_key(&self, frame: usize, hash: u64) -> bool {
        let mut key = self.frames[frame].keys;
        // A mapping of very many keys is not looked through for each of them.
        for _ in 0..200 {
            match self.keys.get(key) {
                None => return false,
                Some((_, known)) if *known == hash => return true,
                Some((before, _)) => key = *before,
            }
        }
        false
    }

    fn resolved(&self, shape: Shape, form: Form, at: usize) -> Form {
        match shape {
            Shape::Object => {
                kind_of_object(self.lines, at, self.schema).map_or(form, |shape| shape.form(self.schema))
            }
            _ => form,
        }
    }

    fn open(&mut self, parent: usize, form: Form, col: usize, orig: usize) -> usize {
        let above = self.frames.get(parent);
        let (within, hash) = above.map_or(("", 1), |frame| (frame.form.type_name(), frame.hash));
        let own = hash_of(form.type_name()) ^ u64::try_from(col).unwrap_or(0);
        let is_list = matches!(form, Form::List(_));
        let hash = hash.rotate_left(7).wrapping_mul(0x2545_f491_4f6c_dd1d) ^ own ^ u64::from(is_list);
        self.frames.push(Frame { parent, form, is_list, col, orig, set: 0, keys: NONE, hash, within });
        self.frames.len() - 1
    }

    /// The column of each line at the end of a trail.
    fn indents(&self, mut trail: usize) -> Vec<usize> {
        let mut places = vec![None; self.lines.len()];
        while let Some((before, line, place)) = self.trail.get(trail) {
            places[*line] = Some(*place);
            trail = *before;
        }
        let mut indents = vec![0; places.len()];
        let mut next = 0;
        // The first line of each block scalar, whose own indentation the others are measured by.
        let mut first = None;
        for (line, place) in places.iter().enumerate() {
            match place {
                Some(Place::Block(col)) => {
                    let own = self.lines[line].indent();
                    indents[line] = col + own.saturating_sub(*first.get_or_insert(own));
                }
                Some(Place::At(col)) => (first, indents[line]) = (None, *col),
                Some(Place::Next) => first = None,
                None => {}
            }
        }
        for (line, place) in places.iter().enumerate().rev() {
            match place {
                Some(Place::At(col)) => next = *col,
                Some(Place::Next) => indents[line] = next,
                _ => {}
            }
        }
        indents
    }
}

/// FNV-1a.
fn hash_of(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
