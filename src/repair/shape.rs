//! What may stand where: the schema's types and, more loosely, those of the kinds that live beside pods.

use crate::api::quantity::Quantity;
use crate::diagnostic::nearest;
use crate::schema::{FieldDef, Kind, Schema, Type};
use crate::yaml::{Data, Value};

/// A field or value that the types do not have; what is still read for want of a better place.
pub(super) const UNKNOWN: u32 = 40;
/// A value of another kind than its field's.
pub(super) const WRONG_KIND: u32 = 26;
/// A mapping or list where the field wants something else.
pub(super) const WRONG_NODE: u32 = 60;

/// What is expected at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// A value of the schema.
    Known(&'static Kind),
    /// A value of a type that stands in [`FIELDS`], spelled as there.
    Beside(&'static str),
    /// A whole object, whose type its own `apiVersion` and `kind` tell.
    Object,
    /// Nobody knows.
    Loose,
}

/// What a shape asks of a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// A mapping with the fields of a type.
    Fields(&'static Type),
    /// A mapping with the fields that [`FIELDS`] lists.
    Beside(&'static str),
    /// A mapping from any text to values of one shape.
    Map(Shape),
    /// A list of values of one shape.
    List(Shape),
    /// One value.
    Scalar,
    /// Anything.
    Loose,
}

/// The fields of common kinds that hold no pod: type, field, and the field's shape. `map` is a map of strings, a type
/// that does not stand here is one of the schema, `any` is not looked into. `Other` is every kind that has no row.
const FIELDS: &[(&str, &str, &str)] = &[
    ("Other", "apiVersion", "string"),
    ("Other", "kind", "string"),
    ("Other", "metadata", "ObjectMeta"),
    ("Other", "spec", "any"),
    ("Other", "status", "any"),
    ("Other", "data", "map"),
    ("Other", "stringData", "map"),
    ("Other", "binaryData", "map"),
    ("Other", "immutable", "string"),
    ("Other", "type", "string"),
    ("Other", "rules", "[]PolicyRule"),
    ("Other", "roleRef", "RoleRef"),
    ("Other", "subjects", "[]Subject"),
    ("Other", "secrets", "[]ObjectReference"),
    ("Other", "imagePullSecrets", "[]LocalObjectReference"),
    ("Other", "automountServiceAccountToken", "string"),
    ("Other", "provisioner", "string"),
    ("Other", "parameters", "map"),
    ("Other", "reclaimPolicy", "string"),
    ("Other", "volumeBindingMode", "string"),
    ("Other", "allowVolumeExpansion", "string"),
    ("Other", "mountOptions", "[]string"),
    ("Other", "value", "string"),
    ("Other", "globalDefault", "string"),
    ("Other", "description", "string"),
    ("PolicyRule", "apiGroups", "[]string"),
    ("PolicyRule", "resources", "[]string"),
    ("PolicyRule", "resourceNames", "[]string"),
    ("PolicyRule", "verbs", "[]string"),
    ("PolicyRule", "nonResourceURLs", "[]string"),
    ("RoleRef", "apiGroup", "string"),
    ("RoleRef", "kind", "string"),
    ("RoleRef", "name", "string"),
    ("Subject", "apiGroup", "string"),
    ("Subject", "kind", "string"),
    ("Subject", "name", "string"),
    ("Subject", "namespace", "string"),
    ("List", "apiVersion", "string"),
    ("List", "kind", "string"),
    ("List", "metadata", "ListMeta"),
    ("List", "items", "[]object"),
    ("ListMeta", "resourceVersion", "string"),
    ("ListMeta", "selfLink", "string"),
    ("ListMeta", "continue", "string"),
    ("Service", "spec", "ServiceSpec"),
    ("ServiceSpec", "type", "string"),
    ("ServiceSpec", "selector", "map"),
    ("ServiceSpec", "ports", "[]ServicePort"),
    ("ServiceSpec", "clusterIP", "string"),
    ("ServiceSpec", "clusterIPs", "[]string"),
    ("ServiceSpec", "externalIPs", "[]string"),
    ("ServiceSpec", "externalName", "string"),
    ("ServiceSpec", "externalTrafficPolicy", "string"),
    ("ServiceSpec", "internalTrafficPolicy", "string"),
    ("ServiceSpec", "ipFamilies", "[]string"),
    ("ServiceSpec", "ipFamilyPolicy", "string"),
    ("ServiceSpec", "loadBalancerIP", "string"),
    ("ServiceSpec", "loadBalancerSourceRanges", "[]string"),
    ("ServiceSpec", "publishNotReadyAddresses", "string"),
    ("ServiceSpec", "sessionAffinity", "string"),
    ("ServicePort", "name", "string"),
    ("ServicePort", "protocol", "string"),
    ("ServicePort", "appProtocol", "string"),
    ("ServicePort", "port", "string"),
    ("ServicePort", "targetPort", "string"),
    ("ServicePort", "nodePort", "string"),
    ("Ingress", "spec", "IngressSpec"),
    ("IngressSpec", "ingressClassName", "string"),
    ("IngressSpec", "defaultBackend", "IngressBackend"),
    ("IngressSpec", "tls", "[]IngressTLS"),
    ("IngressSpec", "rules", "[]IngressRule"),
    ("IngressTLS", "hosts", "[]string"),
    ("IngressTLS", "secretName", "string"),
    ("IngressRule", "host", "string"),
    ("IngressRule", "http", "HTTPIngressRuleValue"),
    ("HTTPIngressRuleValue", "paths", "[]HTTPIngressPath"),
    ("HTTPIngressPath", "path", "string"),
    ("HTTPIngressPath", "pathType", "string"),
    ("HTTPIngressPath", "backend", "IngressBackend"),
    ("IngressBackend", "service", "IngressServiceBackend"),
    ("IngressBackend", "resource", "TypedLocalObjectReference"),
    ("IngressServiceBackend", "name", "string"),
    ("IngressServiceBackend", "port", "ServiceBackendPort"),
    ("ServiceBackendPort", "name", "string"),
    ("ServiceBackendPort", "number", "string"),
    ("PersistentVolumeClaim", "spec", "PersistentVolumeClaimSpec"),
    ("HorizontalPodAutoscaler", "spec", "HorizontalPodAutoscalerSpec"),
    ("HorizontalPodAutoscalerSpec", "scaleTargetRef", "CrossVersionObjectReference"),
    ("HorizontalPodAutoscalerSpec", "minReplicas", "string"),
    ("HorizontalPodAutoscalerSpec", "maxReplicas", "string"),
    ("HorizontalPodAutoscalerSpec", "targetCPUUtilizationPercentage", "string"),
    ("HorizontalPodAutoscalerSpec", "metrics", "any"),
    ("HorizontalPodAutoscalerSpec", "behavior", "any"),
    ("CrossVersionObjectReference", "apiVersion", "string"),
    ("CrossVersionObjectReference", "kind", "string"),
    ("CrossVersionObjectReference", "name", "string"),
    ("PodDisruptionBudget", "spec", "PodDisruptionBudgetSpec"),
    ("PodDisruptionBudgetSpec", "minAvailable", "string"),
    ("PodDisruptionBudgetSpec", "maxUnavailable", "string"),
    ("PodDisruptionBudgetSpec", "selector", "LabelSelector"),
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy", "string"),
    ("NetworkPolicy", "spec", "NetworkPolicySpec"),
    ("NetworkPolicySpec", "podSelector", "LabelSelector"),
    ("NetworkPolicySpec", "policyTypes", "[]string"),
    ("NetworkPolicySpec", "ingress", "[]NetworkPolicyRule"),
    ("NetworkPolicySpec", "egress", "[]NetworkPolicyRule"),
    ("NetworkPolicyRule", "from", "[]NetworkPolicyPeer"),
    ("NetworkPolicyRule", "to", "[]NetworkPolicyPeer"),
    ("NetworkPolicyRule", "ports", "[]NetworkPolicyPort"),
    ("NetworkPolicyPeer", "podSelector", "LabelSelector"),
    ("NetworkPolicyPeer", "namespaceSelector", "LabelSelector"),
    ("NetworkPolicyPeer", "ipBlock", "IPBlock"),
    ("NetworkPolicyPort", "protocol", "string"),
    ("NetworkPolicyPort", "port", "string"),
    ("NetworkPolicyPort", "endPort", "string"),
    ("IPBlock", "cidr", "string"),
    ("IPBlock", "except", "[]string"),
];

/// Fields that a type has and that are seldom written, each with what speaks against it. `PodTemplateSpec` stands for the
/// metadata of a template. The restart policy of a container is for init containers, as a rule (KEP-753).
const SELDOM: &[(&str, &str, u32)] = &[
    ("Container", "restartPolicy", 6),
    ("PodSpec", "resources", 6),
    ("PodTemplateSpec", "name", 6),
    ("PodTemplateSpec", "namespace", 6),
    ("ResourceRequirements", "claims", 3),
    ("JobSpec", "suspend", 3),
];

impl Shape {
    /// What the shape asks of a node.
    pub(super) fn form(self, schema: &'static Schema) -> Form {
        match self {
            Shape::Known(Kind::Object(id)) => Form::Fields(schema.ty(*id)),
            Shape::Known(Kind::List(item)) => Form::List(Shape::Known(item)),
            Shape::Known(Kind::Map(item)) => Form::Map(Shape::Known(item)),
            Shape::Known(Kind::Any) | Shape::Loose | Shape::Beside("any") => Form::Loose,
            Shape::Known(_) | Shape::Beside("string") => Form::Scalar,
            Shape::Beside("map") => Form::Map(Shape::Beside("string")),
            Shape::Beside("[]object") => Form::List(Shape::Object),
            Shape::Beside(name) => match name.strip_prefix("[]") {
                Some(item) => Form::List(Shape::Beside(item)),
                None => match schema.named(name) {
                    Some((_, ty)) if FIELDS.iter().all(|(of, ..)| *of != name) => Form::Fields(ty),
                    _ => Form::Beside(name),
                },
            },
            Shape::Object => Form::Beside("Other"),
        }
    }

    /// The shape of the objects of a kind.
    pub(super) fn of_kind(schema: &'static Schema, api_version: &str, kind: &str) -> Shape {
        let by_kind =
            || schema.roots().find(|(_, ty)| ty.kind().is_some_and(|k| k.eq_ignore_ascii_case(kind)));
        if let Some((id, _)) = schema.root(api_version, kind).or_else(by_kind) {
            return Shape::Known(schema.object_kind(id));
        }
        let beside = FIELDS.iter().find(|(of, field, _)| *of == kind && matches!(*field, "spec" | "items"));
        match beside {
            Some((of, ..)) => Shape::Beside(of),
            None if kind.ends_with("List") => Shape::Beside("List"),
            None => Shape::Beside("Other"),
        }
    }

    /// How badly a value suits the shape: 0 if it does.
    pub(super) fn misfit(self, data: &Data, schema: &'static Schema) -> u32 {
        match (self.form(schema), &data.value) {
            (Form::Loose, _) => 0,
            (Form::Scalar, Value::Map(_) | Value::List(_)) => WRONG_NODE,
            (Form::Scalar, value) => self.misfit_of_scalar(value),
            (_, Value::Null) => 10,
            (Form::List(item), Value::List(items)) => {
                items.iter().map(|data| item.misfit(data, schema)).sum()
            }
            (form @ (Form::Fields(_) | Form::Beside(_) | Form::Map(_)), Value::Map(map)) => map
                .members
                .iter()
                .map(|member| {
                    form.field(&member.key).map_or(UNKNOWN, |field| field.misfit(&member.data, schema))
                })
                .sum(),
            _ => WRONG_NODE,
        }
    }

    fn misfit_of_scalar(self, value: &Value) -> u32 {
        let Shape::Known(kind) = self else { return 0 };
        let fits = match (kind, value) {
            (_, Value::Null) => return 10,
            (Kind::Quantity, value) => match Quantity::of_value(value) {
                Some(Ok(_)) => true,
                _ => return WRONG_KIND / 2,
            },
            (Kind::String, Value::String(_))
            | (Kind::Bool, Value::Bool(_))
            | (Kind::Int32 | Kind::Int64, Value::Int(_))
            | (Kind::IntOrString, Value::Int(_) | Value::String(_))
            | (Kind::Time, Value::String(_)) => true,
            _ => false,
        };
        if fits { 0 } else { WRONG_KIND }
    }
}

impl Form {
    /// The shape of a key's value; `None` if the form has no such key.
    pub(super) fn field(self, key: &str) -> Option<Shape> {
        match self {
            Form::Fields(ty) => ty.field(key).map(|def| Shape::Known(&def.kind)),
            Form::Beside(of) => {
                let row = |of: &str| FIELDS.iter().find(|(ty, field, _)| *ty == of && *field == key);
                // A kind that has rows for its spec has the fields of every object beside it.
                let is_object = || FIELDS.iter().any(|(ty, field, _)| *ty == of && *field == "spec");
                let (.., shape) = row(of).or_else(|| row("Other").filter(|_| is_object()))?;
                Some(Shape::Beside(shape))
            }
            Form::Map(value) => Some(value),
            Form::Loose => Some(Shape::Loose),
            Form::List(_) | Form::Scalar => None,
        }
    }

    /// The definition of a field of the schema, with its place among its type's fields.
    pub(super) fn def(self, key: &str) -> Option<(usize, &'static FieldDef)> {
        let Form::Fields(ty) = self else { return None };
        ty.fields.iter().enumerate().find(|(_, def)| def.name == key)
    }

    /// What speaks against a field that the type has because it is seldom written; `within` is the type around it.
    pub(super) fn seldom(self, within: &str, key: &str) -> u32 {
        let Form::Fields(ty) = self else { return 0 };
        let name = if ty.name == "ObjectMeta" { within } else { ty.name };
        SELDOM.iter().find(|(of, field, _)| *of == name && *field == key).map_or(0, |(.., cost)| *cost)
    }

    /// Whether a key that the type does not have is nearly one that it has.
    pub(super) fn nearly_has(self, key: &str) -> bool {
        let Form::Fields(ty) = self else { return false };
        let names: Vec<&str> = ty.fields.iter().map(|def| def.name).collect();
        nearest(key, &names).is_some()
    }

    /// The name of the type, for [`Form::seldom`]; empty if it has none.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Form::Fields(ty) => ty.name,
            Form::Beside(name) => name,
            _ => "",
        }
    }
}

/// How unlike a key of its map a text is: 0 for what such maps usually hold.
pub(super) fn oddness_of_key(value: Shape, key: &str) -> u32 {
    match value {
        Shape::Known(Kind::Quantity) => {
            let usual = ["cpu", "memory", "storage", "ephemeral-storage", "pods"].contains(&key);
            if usual || key.contains('/') || key.starts_with("hugepages-") { 0 } else { 5 }
        }
        _ if key.contains(' ') => 10,
        _ => 0,
    }
}
