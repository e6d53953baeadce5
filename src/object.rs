//! A cursor over an object: path, kind, value and place in one, so that a rule cannot report the wrong place.

use crate::path::{Path, Step};
use crate::schema::{FieldDef, Kind, Schema, Type, TypeId};
use crate::yaml::{Data, Member, Value};
use std::ops::Range;
use std::rc::Rc;

/// A place in an object, whether a value stands there or not. Asking for an absent child gives an absent field.
///
/// `null` counts as absent, as it does for the API server; so does, for the typed readers, a value of another kind
/// (the decode stage has reported it).
#[derive(Debug, Clone)]
pub struct Field<'a> {
    schema: &'static Schema,
    trail: Option<Rc<Trail>>,
    kind: &'static Kind,
    def: Option<&'static FieldDef>,
    data: Option<&'a Data>,
    /// Where to point when the value itself cannot be pointed at: its key, or what stands nearest above.
    near: Range<usize>,
}

#[derive(Debug)]
struct Trail {
    up: Option<Rc<Trail>>,
    step: Step,
}

const ANY: &Kind = &Kind::Any;

impl<'a> Field<'a> {
    /// The cursor at the top of an object of a type.
    pub fn root(schema: &'static Schema, id: TypeId, data: &'a Data) -> Field<'a> {
        let kind = schema.object_kind(id);
        let near = data.span.start..data.span.start;
        Field { schema, trail: None, kind, def: None, data: Some(data), near }
    }

    /// The field `name` of this object.
    pub fn get(&self, name: &'static str) -> Field<'a> {
        let def = self.ty().and_then(|ty| ty.field(name));
        self.child(Step::Field(name.into()), def, def.map_or(ANY, |def| &def.kind))
    }

    /// The pod that this object holds: itself or its template; what has `metadata` and `spec` of a pod. `None` for an
    /// object of a type that holds none.
    pub fn pod(&self) -> Option<Field<'a>> {
        let Kind::Object(id) = self.kind else { return None };
        self.ty()?.kind()?;
        Some(self.at(&self.schema.pod_spec_path(*id).parent()))
    }

    /// The fields of this object that its type has, set or not, in upstream's order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a, '_> {
        self.ty()
            .into_iter()
            .flat_map(|ty| &ty.fields)
            .map(|def| self.child(Step::Field(def.name.into()), Some(def), &def.kind))
    }

    /// Those of them that have a value other than `null`, in the order of the text: cheaper than to ask for each field of a
    /// type that has many.
    pub fn set_fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a, '_> {
        let members = match self.value() {
            Some(Value::Map(map)) => map.members.as_slice(),
            _ => &[],
        };
        members.iter().filter(|member| member.data.value != Value::Null).filter_map(|member| {
            let def = self.ty()?.field(&member.key)?;
            Some(self.holding(Step::Field(def.name.into()), Some(def), &def.kind, Some(member)))
        })
    }

    /// The items of this list; none if it is absent or no list.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = Field<'a>> + ExactSizeIterator + use<'a, '_> {
        (0..self.len_of_list()).map(|i| self.index(i))
    }

    /// The item at an index of this list.
    pub fn index(&self, index: usize) -> Field<'a> {
        let kind = match self.kind {
            Kind::List(item) => item,
            _ => ANY,
        };
        self.child(Step::Index(index), None, kind)
    }

    /// The value of a key of this map.
    pub fn key(&self, key: &str) -> Field<'a> {
        let kind = match self.kind {
            Kind::Map(item) => item,
            _ => ANY,
        };
        self.child(Step::Key(key.to_owned()), None, kind)
    }

    /// The keys of this map with their values, in the order of the text.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> + use<'a, '_> {
        let members = match self.value() {
            Some(Value::Map(map)) => map.members.as_slice(),
            _ => &[],
        };
        let kind = match self.kind {
            Kind::Map(item) => item,
            _ => ANY,
        };
        members.iter().map(move |member| {
            (member.key.as_str(), self.holding(Step::Key(member.key.clone()), None, kind, Some(member)))
        })
    }

    /// Whatever stands at a path below; an absent field where the path leads nowhere.
    pub fn at(&self, path: &Path) -> Field<'a> {
        path.steps().iter().fold(self.clone(), |field, step| match (step, field.kind) {
            (Step::Index(index), _) => field.index(*index),
            (step, Kind::Map(_)) => field.key(step.key().unwrap_or_default()),
            (step, _) => {
                let name = step.key().unwrap_or_default();
                let def = field.ty().and_then(|ty| ty.field(name));
                match def {
                    Some(def) => field.child(Step::Field(def.name.into()), Some(def), &def.kind),
                    None => field.child(step.clone(), None, ANY),
                }
            }
        })
    }

    /// Whether a value other than `null` stands at a field of this object: `get(name).exists()`, but cheaper.
    pub fn has(&self, name: &str) -> bool {
        match self.value() {
            Some(Value::Map(map)) => map.get(name).is_some_and(|data| data.value != Value::Null),
            _ => false,
        }
    }

    /// Whether a value other than `null` stands here.
    pub fn exists(&self) -> bool {
        self.value().is_some()
    }

    /// Whether a value stands here that has text of its own (not one of the server's defaults).
    pub fn is_written(&self) -> bool {
        self.data.is_some_and(|data| !data.implied)
    }

    /// The text here, `""` if there is none. A Go string field cannot tell the two apart either.
    pub fn str(&self) -> &'a str {
        self.opt_str().unwrap_or_default()
    }

    /// The text here.
    pub fn opt_str(&self) -> Option<&'a str> {
        match self.value()? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer here; `80.0` and `8e1` are integers too, as in JSON.
    pub fn int(&self) -> Option<i64> {
        match self.value()? {
            Value::Int(i) => i64::try_from(*i).ok(),
            Value::Float(f) if f.fract() == 0.0 && f.abs() < 9.0e15 => Some(*f as i64),
            _ => None,
        }
    }

    /// The truth value here.
    pub fn bool(&self) -> Option<bool> {
        match self.value()? {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// Whether `true` stands here.
    pub fn is_true(&self) -> bool {
        self.bool() == Some(true)
    }

    /// The number of items or members here; 0 if there is nothing.
    pub fn len(&self) -> usize {
        match self.value() {
            Some(Value::List(items)) => items.len(),
            Some(Value::Map(map)) => map.members.len(),
            _ => 0,
        }
    }

    /// Whether nothing stands here: absent, `""`, `[]` or `{}`.
    pub fn is_empty(&self) -> bool {
        match self.value() {
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::List(_) | Value::Map(_)) => self.len() == 0,
            value => value.is_none(),
        }
    }

    /// The value as a person would name it in a sentence.
    pub fn shown(&self) -> String {
        match self.value() {
            None => "nothing".to_owned(),
            Some(Value::String(text)) if text.is_empty() => "\"\"".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::List(items)) => format!("a list of {}", items.len()),
            Some(Value::Map(_)) => "a mapping".to_owned(),
            Some(_) => self.data.map(|data| data.to_json().to_string()).unwrap_or_default(),
        }
    }

    /// The value here, `null` counting as none.
    pub fn value(&self) -> Option<&'a Value> {
        self.data.map(|data| &data.value).filter(|value| **value != Value::Null)
    }

    /// The value here with its place, `null` included.
    pub fn data(&self) -> Option<&'a Data> {
        self.data
    }

    /// The kind of value that belongs here.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The type of the object that belongs here, if it is an object.
    pub fn ty(&self) -> Option<&'static Type> {
        match self.kind {
            Kind::Object(id) => Some(self.schema.ty(*id)),
            _ => None,
        }
    }

    /// The declaration of this field in the type above it; `None` for items and keys.
    pub fn def(&self) -> Option<&'static FieldDef> {
        self.def
    }

    /// The schema of the target version.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The field path.
    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut trail = self.trail.as_ref();
        while let Some(at) = trail {
            steps.push(at.step.clone());
            trail = at.up.as_ref();
        }
        steps.reverse();
        Path::from(steps)
    }

    /// The bytes to mark for a problem here: a scalar itself, the key of a collection, else what stands nearest above.
    pub fn mark(&self) -> Range<usize> {
        match self.data {
            Some(data) if !data.implied && !data.span.is_empty() => match data.value {
                Value::List(_) | Value::Map(_) => self.near.clone(),
                _ => data.span.clone(),
            },
            _ => self.near.clone(),
        }
    }

    fn len_of_list(&self) -> usize {
        match self.value() {
            Some(Value::List(items)) => items.len(),
            _ => 0,
        }
    }

    fn child(&self, step: Step, def: Option<&'static FieldDef>, kind: &'static Kind) -> Field<'a> {
        match (self.value(), &step) {
            (Some(Value::List(items)), Step::Index(i)) => {
                let data = items.get(*i);
                let near = data.filter(|data| !data.implied).map(|data| data.span.start..data.span.start);
                self.below(step, def, kind, data, near)
            }
            (Some(Value::Map(map)), _) => {
                let member = step.key().and_then(|key| map.member(key));
                self.holding(step, def, kind, member)
            }
            _ => self.below(step, def, kind, None, None),
        }
    }

    fn holding(
        &self,
        step: Step,
        def: Option<&'static FieldDef>,
        kind: &'static Kind,
        member: Option<&'a Member>,
    ) -> Field<'a> {
        let near = member.filter(|member| !member.data.implied).map(|member| member.key_span.clone());
        self.below(step, def, kind, member.map(|member| &member.data), near)
    }

    fn below(
        &self,
        step: Step,
        def: Option<&'static FieldDef>,
        kind: &'static Kind,
        data: Option<&'a Data>,
        near: Option<Range<usize>>,
    ) -> Field<'a> {
        let trail = Some(Rc::new(Trail { up: self.trail.clone(), step }));
        let near = near.unwrap_or_else(|| self.near.clone());
        Field { schema: self.schema, trail, kind, def, data, near }
    }
}
