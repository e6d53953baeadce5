//! The form: which fields stand on which page, in which group and with which widget. What [`FORM`] does not list gets
//! the widget that its schema kind implies and stands under “All other fields”, so every field can be reached.

use super::keyboard::follow_keyboard;
use super::language::tr;
use super::widgets::{self, Form, Keyboard};
use super::{Action, Page, Pane, View};
use crate::diagnostic::Severity;
use crate::document::{Document, type_label};
use crate::object::Field;
use crate::path::{Path, Step};
use crate::yaml::{Data, Value};
use egui::{RichText, Ui};
use std::collections::HashMap;

/// A field that has a place of its own on a page.
pub struct Row {
    /// The field's name in YAML.
    pub field: &'static str,
    /// How it is drawn, if not as its schema kind implies.
    pub widget: Widget,
}

/// How a row is drawn.
#[derive(Clone, Copy)]
pub enum Widget {
    /// As the schema kind implies.
    ByKind,
    /// A list of objects as a table of these columns; what else an item has stands below it.
    Table(&'static [&'static str]),
    /// The sources of a projected volume.
    Sources,
    /// A map of amounts, with these keys always in sight.
    Amounts(&'static [&'static str]),
    /// A probe: folded away, its timing beside its action.
    Open,
}

/// A group of rows with a title.
pub struct Group {
    /// The title.
    pub title: &'static str,
    /// Whether it is open when the page is first seen.
    pub open: bool,
    /// The rows, in order.
    pub rows: &'static [Row],
}

/// The groups of one page.
pub struct Sheet {
    /// The type whose fields stand on the page.
    pub ty: &'static str,
    /// What the page is about; several sheets of one type show parts of the same object.
    pub subject: Subject,
    /// The groups, in order.
    pub groups: &'static [Group],
}

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// `metadata`.
    Metadata,
    /// A container of any list.
    Container,
    /// The volumes.
    Volumes,
    /// Pod network and host namespaces.
    Network,
    /// Pod security.
    Security,
    /// Scheduling.
    Scheduling,
    /// The rest of the pod spec.
    Pod,
}

const fn row(field: &'static str) -> Row {
    Row { field, widget: Widget::ByKind }
}

const fn row_as(field: &'static str, widget: Widget) -> Row {
    Row { field, widget }
}

const fn group(title: &'static str, rows: &'static [Row]) -> Group {
    Group { title, open: true, rows }
}

const fn folded(title: &'static str, rows: &'static [Row]) -> Group {
    Group { title, open: false, rows }
}

/// Every field that has a place of its own. One line a field.
pub const FORM: &[Sheet] = &[
    Sheet {
        ty: "ObjectMeta",
        subject: Subject::Metadata,
        groups: &[
            group("Names", &[row("name"), row("generateName"), row("namespace")]),
            group(
                "Labels and annotations",
                &[row_as("labels", Widget::Open), row_as("annotations", Widget::Open)],
            ),
        ],
    },
    Sheet {
        ty: "Container",
        subject: Subject::Container,
        groups: &[
            group("Image", &[row("name"), row("image"), row("imagePullPolicy"), row("restartPolicy")]),
            group(
                "Ports",
                &[row_as("ports", Widget::Table(&["name", "containerPort", "protocol", "hostPort"]))],
            ),
            group("Command and arguments", &[row("command"), row("args"), row("workingDir")]),
            group("Environment", &[row_as("env", Widget::Table(&["name", "value"])), row("envFrom")]),
            group("Resources", &[row_as("resources", Widget::Open), row("resizePolicy")]),
            folded("Probes", &[row("startupProbe"), row("livenessProbe"), row("readinessProbe")]),
            folded("Lifecycle", &[row_as("lifecycle", Widget::Open), row("restartPolicyRules")]),
            folded("Security", &[row_as("securityContext", Widget::Open)]),
            group(
                "Mounts",
                &[
                    row_as("volumeMounts", Widget::Table(&["name", "mountPath", "readOnly"])),
                    row("volumeDevices"),
                ],
            ),
        ],
    },
    Sheet {
        ty: "PodSpec",
        subject: Subject::Volumes,
        groups: &[group("Volumes", &[row_as("volumes", Widget::Open)])],
    },
    Sheet {
        ty: "PodSpec",
        subject: Subject::Network,
        groups: &[
            group(
                "Host namespaces",
                &[
                    row("hostNetwork"),
                    row("hostPID"),
                    row("hostIPC"),
                    row("hostUsers"),
                    row("shareProcessNamespace"),
                ],
            ),
            group(
                "Names",
                &[row("hostname"), row("subdomain"), row("setHostnameAsFQDN"), row("hostnameOverride")],
            ),
            group(
                "Name resolution",
                &[row("dnsPolicy"), row("dnsConfig"), row("hostAliases"), row("enableServiceLinks")],
            ),
        ],
    },
    Sheet {
        ty: "PodSpec",
        subject: Subject::Security,
        groups: &[
            group("Security context of the pod", &[row_as("securityContext", Widget::Open)]),
            group(
                "Service account",
                &[row("serviceAccountName"), row("automountServiceAccountToken"), row("imagePullSecrets")],
            ),
        ],
    },
    Sheet {
        ty: "PodSpec",
        subject: Subject::Scheduling,
        groups: &[
            group("Node", &[row("nodeSelector"), row("nodeName"), row("affinity")]),
            group(
                "Taints and spread",
                &[
                    row_as(
                        "tolerations",
                        Widget::Table(&["key", "operator", "value", "effect", "tolerationSeconds"]),
                    ),
                    row("topologySpreadConstraints"),
                ],
            ),
            group(
                "Priority and scheduler",
                &[
                    row("priorityClassName"),
                    row("priority"),
                    row("preemptionPolicy"),
                    row("schedulerName"),
                    row("schedulingGates"),
                    row("runtimeClassName"),
                ],
            ),
        ],
    },
    Sheet {
        ty: "PodSpec",
        subject: Subject::Pod,
        groups: &[group(
            "Life of the pod",
            &[row("restartPolicy"), row("terminationGracePeriodSeconds"), row("activeDeadlineSeconds")],
        )],
    },
];

/// How fields below the pages' own are drawn, by type: the same widgets wherever the type turns up.
pub const NESTED: &[(&str, Row)] = &[
    ("ResourceRequirements", row_as("requests", Widget::Amounts(&["cpu", "memory", "ephemeral-storage"]))),
    ("ResourceRequirements", row_as("limits", Widget::Amounts(&["cpu", "memory", "ephemeral-storage"]))),
    ("VolumeResourceRequirements", row_as("requests", Widget::Amounts(&["storage"]))),
    ("HTTPGetAction", row_as("httpHeaders", Widget::Table(&["name", "value"]))),
    ("ConfigMapVolumeSource", row_as("items", Widget::Table(&["key", "path", "mode"]))),
    ("SecretVolumeSource", row_as("items", Widget::Table(&["key", "path", "mode"]))),
    ("ConfigMapProjection", row_as("items", Widget::Table(&["key", "path", "mode"]))),
    ("SecretProjection", row_as("items", Widget::Table(&["key", "path", "mode"]))),
    ("DownwardAPIProjection", row_as("items", Widget::Table(&["path", "mode"]))),
    ("DownwardAPIVolumeSource", row_as("items", Widget::Table(&["path", "mode"]))),
    ("ProjectedVolumeSource", row_as("sources", Widget::Sources)),
    ("PodSecurityContext", row_as("sysctls", Widget::Table(&["name", "value"]))),
];

/// The sheet of a page; `None` for pages that are not made of rows.
pub fn sheet(page: &Page) -> Option<&'static Sheet> {
    let subject = match page {
        Page::Metadata => Subject::Metadata,
        Page::Container(..) => Subject::Container,
        Page::Volumes => Subject::Volumes,
        Page::Network => Subject::Network,
        Page::Security => Subject::Security,
        Page::Scheduling => Subject::Scheduling,
        Page::Pod => Subject::Pod,
        Page::Workload | Page::Containers(_) => return None,
    };
    FORM.iter().find(|sheet| sheet.subject == subject)
}

/// The three lists of containers, with the words for one of them.
pub const CONTAINER_LISTS: [(&str, &str, &str); 3] = [
    ("containers", "Containers", "Container"),
    ("initContainers", "Init containers and sidecars", "Init container"),
    ("ephemeralContainers", "Ephemeral containers", "Ephemeral container"),
];

/// One line of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineEntry {
    /// The page that it leads to.
    pub page: Page,
    /// Its words.
    pub label: String,
    /// How far it is indented, in steps.
    pub depth: usize,
    /// The worst problem on its page.
    pub worst: Option<Severity>,
}

/// The pages of a document that holds a pod, as the outline lists them; none for a document of another kind.
pub fn outline(document: &Document, doc: usize) -> Vec<OutlineEntry> {
    let (Some(root), Some(path)) = (document.written(doc), document.pod_spec(doc)) else { return Vec::new() };
    let spec = root.at(&path);
    let mut pages = vec![(Page::Metadata, tr("Metadata"), 0)];
    if path != Path::root().field("spec") {
        pages.push((Page::Workload, root.ty().map_or("", |ty| ty.name).to_owned(), 0));
    }
    for (list, many, one) in CONTAINER_LISTS {
        let containers = spec.get(list);
        if list == "ephemeralContainers" && containers.is_empty() {
            continue;
        }
        // The outline is narrow.
        let label = if list == "initContainers" { "Init and sidecars" } else { many };
        pages.push((Page::Containers(list), tr(label), 0));
        for (i, container) in containers.items().enumerate() {
            let name = container.get("name").str();
            let label = if name.is_empty() { tr(format!("{one} {}", i + 1)) } else { name.to_owned() };
            pages.push((Page::Container(list, i), label, 1));
        }
    }
    pages.extend([
        (Page::Volumes, tr("Volumes"), 0),
        (Page::Network, tr("Network and host"), 0),
        (Page::Security, tr("Pod security"), 0),
        (Page::Scheduling, tr("Scheduling"), 0),
        (Page::Pod, tr("Pod, all fields"), 0),
    ]);
    let mut worst: HashMap<Page, Severity> = HashMap::new();
    for diagnostic in document.part(doc).into_iter().flat_map(|part| &part.diagnostics) {
        let severity = diagnostic.stage.severity();
        let known = worst.entry(page_of(document, doc, &diagnostic.place)).or_insert(severity);
        *known = severity.min(*known);
    }
    pages
        .into_iter()
        .map(|(page, label, depth)| {
            let worst = worst.get(&page).copied();
            OutlineEntry { page, label, depth, worst }
        })
        .collect()
}

/// The page on which a field stands.
pub fn page_of(document: &Document, doc: usize, path: &Path) -> Page {
    let spec = document.pod_spec(doc).unwrap_or_else(|| Path::root().field("spec"));
    if !spec.contains(path) {
        return match path.steps().first().and_then(Step::key) {
            Some("metadata") => Page::Metadata,
            // What stands at the top of a Pod (apiVersion, kind, a missing spec) is told on its first page.
            _ if spec.steps().len() < 2 => Page::Metadata,
            _ => Page::Workload,
        };
    }
    let rest = &path.steps()[spec.steps().len()..];
    let Some(field) = rest.first().and_then(Step::key) else { return Page::Pod };
    if let Some((list, ..)) = CONTAINER_LISTS.iter().find(|(list, ..)| *list == field) {
        return match rest.get(1) {
            Some(Step::Index(i)) => Page::Container(list, *i),
            _ => Page::Containers(list),
        };
    }
    let of_pod = FORM.iter().filter(|sheet| sheet.ty == "PodSpec");
    match of_pod.filter(|sheet| has_row(sheet, field)).map(|sheet| sheet.subject).next() {
        Some(Subject::Volumes) => Page::Volumes,
        Some(Subject::Network) => Page::Network,
        Some(Subject::Security) => Page::Security,
        Some(Subject::Scheduling) => Page::Scheduling,
        _ => Page::Pod,
    }
}

fn has_row(sheet: &Sheet, field: &str) -> bool {
    sheet.groups.iter().flat_map(|group| group.rows).any(|row| row.field == field)
}

/// Frames after which a field to reveal is given up: nothing is nested deeper.
const MOST_TRIES: u32 = 20;

/// Draws the page that the view names. `editable` is false while the text is broken and `document` is the last whole one.
pub fn form_ui(ui: &mut Ui, document: &Document, editable: bool, view: &mut View, out: &mut Vec<Action>) {
    let part = document.part(view.doc);
    let (Some(part), Some(path)) = (part, document.pod_spec(view.doc)) else {
        unknown_kind_ui(ui, document, view.doc);
        return;
    };
    // An object with no data of its own has all its fields absent: the form shows them all the same.
    let nothing = Data { value: Value::Null, span: 0..0, implied: true };
    let Some(root) =
        part.root.map(|id| Field::root(document.schema(), id, document.data(view.doc).unwrap_or(&nothing)))
    else {
        return;
    };
    if let Page::Container(list, i) = view.page
        && i >= root.at(&path).get(list).len()
    {
        view.page = Page::Containers(list);
    }
    let wanted = match (&view.reveal, &view.glance) {
        (Some(path), _) => Some((path.clone(), Keyboard::Take)),
        (None, glance) => glance.clone().map(|path| (path, Keyboard::Leave)),
    };
    let is_wanted = wanted.is_some();
    let mut form = Form::new(document, view.doc, root.clone(), editable, wanted);
    form.behind = view.behind;
    form.folds = view.folds;
    form.draws_all = widgets::draws_all(ui, is_wanted || view.enter == Some(Pane::Form));
    if view.enter.take_if(|pane| *pane == Pane::Form).is_some() {
        form.give_keyboard_to_first(&Path::root());
    }
    let page = view.page.clone();
    ui.add_enabled_ui(editable, |ui| match &page {
        Page::Metadata => {
            title_ui(ui, "Metadata", &format!("{} {}", type_label(document, part), part.name));
            form.problems_at_ui(ui, &Path::root());
            form.problems_at_ui(ui, &Path::root().field("apiVersion"));
            form.problems_at_ui(ui, &Path::root().field("kind"));
            sheet_ui(ui, &mut form, &page, &root.get("metadata"));
        }
        Page::Workload => workload_ui(ui, &mut form, &root, &path),
        Page::Containers(list) => containers_ui(ui, &mut form, &root.at(&path).get(list), list),
        Page::Container(list, i) => {
            let container = root.at(&path).get(list).index(*i);
            let (_, many, one) =
                CONTAINER_LISTS.into_iter().find(|(l, ..)| l == list).unwrap_or(CONTAINER_LISTS[0]);
            let native = *list == "initContainers" && container.get("restartPolicy").str() == "Always";
            let kind = if native { "Native sidecar" } else { one };
            ui.horizontal(|ui| {
                let above = ui.link(tr(many));
                if above.clicked() {
                    form.out.push(Action::page(&above, form.doc, Page::Containers(list)));
                }
                ui.weak("›");
                ui.heading(format!("{} {}", tr(kind), container.get("name").str()));
            });
            ui.add_space(4.0);
            form.problems_at_ui(ui, &container.path());
            sheet_ui(ui, &mut form, &page, &container);
        }
        Page::Volumes => pod_page_ui(ui, &mut form, &page, "Volumes", &root.at(&path)),
        Page::Network => pod_page_ui(ui, &mut form, &page, "Network and host namespaces", &root.at(&path)),
        Page::Security => pod_page_ui(ui, &mut form, &page, "Pod security", &root.at(&path)),
        Page::Scheduling => pod_page_ui(ui, &mut form, &page, "Scheduling", &root.at(&path)),
        Page::Pod => pod_page_ui(ui, &mut form, &page, "Pod", &root.at(&path)),
    });
    let done = form.finish();
    if !is_wanted {
        follow_keyboard(ui);
    }
    let arrived = done.focus.clone().filter(|focus| view.focus.as_ref() != Some(focus));
    if let Some(about) = done.asked.or(arrived) {
        view.about = Some((view.doc, about));
    }
    view.focus = done.focus;
    let tries = egui::Id::unique("frames in which the field to reveal was not there");
    let waited: u32 =
        if is_wanted && !done.revealed { ui.data(|data| data.get_temp(tries)).unwrap_or(0) + 1 } else { 0 };
    ui.data_mut(|data| data.insert_temp(tries, waited));
    if (1..MOST_TRIES).contains(&waited) {
        // What is to be seen stands in a group that opens just now: it is there in the next frame.
        ui.ctx().request_repaint();
    } else if is_wanted {
        view.reveal = None;
        view.glance = None;
    }
    view.reveal = done.next.or(view.reveal.take());
    out.extend(done.out);
}

fn unknown_kind_ui(ui: &mut Ui, document: &Document, doc: usize) {
    ui.add_space(24.0);
    ui.vertical_centered(|ui| {
        let part = document.part(doc);
        let label = part.map(|part| tr(type_label(document, part))).unwrap_or_default();
        let broken = document.is_broken_at(doc);
        ui.heading(if broken { tr("This text is not YAML yet") } else { label });
        ui.add_space(8.0);
        ui.label(tr(if broken {
            "The problems below say where it breaks off; mend it in the text on the right, and the form comes back."
        } else if part.is_none_or(|part| part.is_empty) {
            "There is nothing in this document yet. Choose a pattern with New, or type a manifest on the right."
        } else {
            "The form does not know this kind. It stays in the file as it is and can be edited as text on the right."
        }));
    });
}

fn title_ui(ui: &mut Ui, title: &str, what: &str) {
    ui.horizontal(|ui| {
        ui.heading(tr(title));
        ui.weak(what.trim());
    });
    ui.add_space(4.0);
}

fn pod_page_ui(ui: &mut Ui, form: &mut Form<'_>, page: &Page, title: &str, spec: &Field<'_>) {
    title_ui(ui, title, "");
    if *page == Page::Pod {
        form.problems_at_ui(ui, &spec.path());
    }
    sheet_ui(ui, form, page, spec);
}

fn sheet_ui(ui: &mut Ui, form: &mut Form<'_>, page: &Page, object: &Field<'_>) {
    let Some(sheet) = sheet(page) else { return };
    form.arrive(ui, &object.path());
    for group in sheet.groups {
        let rows: Vec<(Field<'_>, Widget)> = group
            .rows
            .iter()
            .filter(|row| object.ty().is_some_and(|ty| ty.field(row.field).is_some()))
            .map(|row| (object.get(row.field), row.widget))
            .collect();
        group_ui(ui, form, object, group.title, group.open, &rows);
    }
    let elsewhere = |field: &str| {
        has_row(sheet, field)
            || sheet.ty == "PodSpec"
                && (CONTAINER_LISTS.iter().any(|(list, ..)| *list == field && *list != "ephemeralContainers")
                    || *page == Page::Pod
                        && FORM.iter().any(|sheet| sheet.ty == "PodSpec" && has_row(sheet, field)))
    };
    let others: Vec<(Field<'_>, Widget)> = object
        .fields()
        .filter(|field| field.def().is_some_and(|def| !elsewhere(def.name)))
        .map(|field| (field, Widget::ByKind))
        .collect();
    if !others.is_empty() {
        group_ui(ui, form, object, "All other fields", false, &others);
    }
    // Of the pod's own, each stands on the page on which other versions have it.
    let (document, doc) = (form.document, form.doc);
    let here = |path: &Path| sheet.ty != "PodSpec" || page_of(document, doc, path) == *page;
    for field in widgets::foreign_fields(object).into_iter().filter(|field| here(&field.path())) {
        widgets::foreign_ui(ui, form, object, &field);
    }
}

fn group_ui(
    ui: &mut Ui,
    form: &mut Form<'_>,
    object: &Field<'_>,
    title: &str,
    open: bool,
    rows: &[(Field<'_>, Widget)],
) {
    if rows.is_empty() {
        return;
    }
    let set = rows.iter().filter(|(field, _)| field.data().is_some()).count();
    let paths: Vec<Path> = rows.iter().map(|(field, _)| field.path()).collect();
    let worst = form.worst_below(&paths);
    let reveal = form.reveals_below(&paths);
    let label = match (set, open) {
        (0, _) | (_, true) => RichText::new(tr(title)).strong(),
        (n, false) => RichText::new(format!("{}  {}", tr(title), tr(format!("({n} set)")))).strong(),
    };
    let open = open || set > 0 && title != "All other fields";
    let fold = form.fold(("form group", object.path().to_string(), title), open);
    widgets::fold_ui(ui, fold, reveal, worst, label, |ui| {
        // A group of one compound row needs no second heading.
        if let [(field, widget)] = rows {
            widgets::only_row_ui(ui, form, field, *widget);
        } else {
            for (field, widget) in rows {
                widgets::row_ui(ui, form, field, *widget);
            }
        }
    });
    ui.add_space(2.0);
}

fn containers_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>, name: &'static str) {
    let (_, many, one) = CONTAINER_LISTS.into_iter().find(|(l, ..)| *l == name).unwrap_or(CONTAINER_LISTS[0]);
    title_ui(ui, many, "");
    if name == "initContainers" {
        ui.label(tr("Init containers run to their end, one after the other, before the containers start. One with restartPolicy: Always is a native sidecar: it starts in its turn and stays."));
        ui.add_space(4.0);
    }
    form.arrive(ui, &list.path());
    form.problems_at_ui(ui, &list.path());
    let count = list.len();
    for (i, container) in list.items().enumerate() {
        form.arrive(ui, &container.path());
        egui::Frame::group(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                let label = match container.get("name").str() {
                    "" => tr(format!("{one} {}", i + 1)),
                    name => name.to_owned(),
                };
                widgets::severity_dot_ui(ui, form.worst_below(&[container.path()]));
                let link = ui.link(RichText::new(&label).strong());
                form.take_first(&link, &container.path());
                if link.clicked() {
                    form.out.push(Action::page(&link, form.doc, Page::Container(name, i)));
                }
                ui.add(egui::Label::new(RichText::new(container.get("image").str()).weak()).truncate());
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    widgets::item_buttons_ui(ui, form, list, i, count);
                });
            });
            form.problems_at_ui(ui, &container.path());
        });
    }
    ui.add_space(4.0);
    let labels: &[(&str, Option<&str>)] = match name {
        "initContainers" => &[("Add init container", None), ("Add native sidecar", Some("Always"))],
        "containers" => &[("Add container", None)],
        _ => &[("Add ephemeral container", None)],
    };
    ui.horizontal(|ui| {
        for (label, restart) in labels {
            let add = ui.button(format!("+ {}", tr(label)));
            form.take_first(&add, &list.path());
            if add.clicked() {
                let mut item = form.starter(list);
                if let Some(restart) = restart {
                    item["restartPolicy"] = (*restart).into();
                }
                form.append(list, item);
                form.out.push(Action::page(&add, form.doc, Page::Container(name, count)));
            }
        }
        if ui.button(tr("Add a pattern…")).clicked() {
            form.out.push(Action::Run("new"));
        }
    });
}

/// The fields around the pod template: the object's spec, and below it the template's metadata.
fn workload_ui(ui: &mut Ui, form: &mut Form<'_>, root: &Field<'_>, pod_spec: &Path) {
    title_ui(ui, root.ty().map_or("", |ty| ty.name), "");
    form.problems_at_ui(ui, &Path::root());
    form.problems_at_ui(ui, &Path::root().field("spec"));
    // Down from the object to the pod template, each step's own fields as a group.
    let mut object = root.clone();
    for (depth, step) in pod_spec.steps().iter().enumerate() {
        let below = step.key().unwrap_or_default();
        let rows: Vec<(Field<'_>, Widget)> = object
            .fields()
            .filter(|field| {
                let name = field.def().map_or("", |def| def.name);
                name != below && !(depth == 0 && ["apiVersion", "kind", "metadata", "status"].contains(&name))
            })
            .map(|field| (field, Widget::ByKind))
            .collect();
        let title = match object.ty().map_or("", |ty| ty.name) {
            "PodTemplateSpec" => "Metadata of the pods".to_owned(),
            name => name.to_owned(),
        };
        let at = object.clone();
        group_ui(ui, form, &at, &title, true, &rows);
        for field in widgets::foreign_fields(&at) {
            widgets::foreign_ui(ui, form, &at, &field);
        }
        object = object.at(&Path::from(vec![step.clone()]));
    }
}
