//! One discovery document: its methods, and the check of a call in both directions.

use super::route::{Pattern, Template};
use super::value;
use crate::google::Fields;
use serde_json::Value;

/// One API's description.
pub struct Description {
    raw: Value,
    methods: Vec<Method>,
}

struct Method {
    id: String,
    http: String,
    templates: Vec<Template>,
    upload: Vec<Template>,
    spec: Value,
    parameters: Vec<Parameter>,
}

struct Parameter {
    name: String,
    in_path: bool,
    required: bool,
    repeated: bool,
    kind: String,
    format: String,
    minimum: Option<i64>,
    maximum: Option<i64>,
    members: Option<Vec<String>>,
    pattern: Option<Pattern>,
}

/// A request and its answer, as they went over the wire.
#[derive(Clone, Copy)]
pub struct Exchange<'e> {
    /// `GET`, `POST`…
    pub http_method: &'e str,
    /// The path, percent-encoded as it was sent, with its leading slash.
    pub path: &'e str,
    /// The query's pairs, decoded.
    pub query: &'e [(String, String)],
    /// The request's JSON body, when there is one.
    pub body: Option<&'e Value>,
    /// The status of the answer.
    pub status: u16,
    /// The answer's JSON, when it is JSON.
    pub answer: Option<&'e Value>,
}

/// A method that a request calls.
pub struct Called<'d> {
    method: &'d Method,
    values: Vec<(String, String)>,
    upload: bool,
}

impl Called<'_> {
    /// The method's id, such as `drive.files.list`.
    pub fn id(&self) -> &str {
        &self.method.id
    }

    /// The same method with these decoded path parameters.
    #[must_use]
    pub fn with(mut self, values: impl Iterator<Item = (String, String)>) -> Self {
        self.values = values.collect();
        self
    }
}

impl Description {
    /// Reads a parsed document.
    ///
    /// # Errors
    /// Says what the document lacks.
    pub fn new(raw: Value) -> Result<Self, String> {
        for needed in ["name", "version", "rootUrl", "servicePath", "resources"] {
            raw.get(needed).ok_or_else(|| format!("it has no `{needed}`"))?;
        }
        let mut methods = Vec::new();
        collect(&raw, &raw, &mut methods, 0)?;
        Ok(Self { raw, methods })
    }

    fn text(&self, name: &str) -> &str {
        self.raw.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// The API's name, such as `drive`.
    pub fn name(&self) -> &str {
        self.text("name")
    }

    /// The API's version, such as `v3`.
    pub fn version(&self) -> &str {
        self.text("version")
    }

    /// The host of Google that serves it, such as `www.googleapis.com`.
    pub fn root_host(&self) -> &str {
        self.text("rootUrl").trim_start_matches("https://").trim_end_matches('/')
    }

    /// The document itself.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// The method with this id.
    pub fn method(&self, id: &str) -> Option<Called<'_>> {
        let method = self.methods.iter().find(|method| method.id == id)?;
        Some(Called { method, values: Vec::new(), upload: false })
    }

    /// The document as served at another address: `origin` is scheme, host and port without a slash at the end.
    pub fn served_at(&self, origin: &str) -> Value {
        let mut raw = self.raw.clone();
        if let Some(document) = raw.as_object_mut() {
            document.insert("rootUrl".to_owned(), Value::String(format!("{origin}/")));
            document.insert("mtlsRootUrl".to_owned(), Value::String(format!("{origin}/")));
            document.insert(
                "baseUrl".to_owned(),
                Value::String(format!("{origin}/{}", self.text("servicePath"))),
            );
        }
        raw
    }

    /// The method that `http_method path` calls. Of several the most literal one, as `files/generateIds` before
    /// `files/{fileId}`.
    pub fn called(&self, http_method: &str, path: &str) -> Option<Called<'_>> {
        let path = path.strip_prefix('/')?;
        let mut best: Option<(usize, Called<'_>)> = None;
        for method in self.methods.iter().filter(|m| m.http == http_method) {
            let plain = method.templates.iter().map(|t| (t, false));
            for (template, upload) in plain.chain(method.upload.iter().map(|t| (t, true))) {
                if best.as_ref().is_some_and(|(fixed, _)| *fixed >= template.fixed()) {
                    continue;
                }
                if let Some(values) = template.matches(path) {
                    let values = values.into_iter().map(|(name, text)| (name, decoded(text))).collect();
                    best = Some((template.fixed(), Called { method, values, upload }));
                }
            }
        }
        best.map(|(_, called)| called)
    }

    /// What this description objects to in the request.
    pub fn check_request(
        &self,
        called: &Called<'_>,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for (name, text) in &called.values {
            if let Some(parameter) = called.method.parameters.iter().find(|p| p.in_path && p.name == *name) {
                parameter.check(text, &mut found);
            }
        }
        for (index, (name, text)) in query.iter().enumerate() {
            match called.method.parameters.iter().find(|p| !p.in_path && p.name == *name) {
                None if called.upload && name == "upload_id" => {}
                None => found.push(format!("query {name}: unknown parameter")),
                Some(parameter) => {
                    parameter.check(text, &mut found);
                    if !parameter.repeated && query[..index].iter().any(|(other, _)| other == name) {
                        found.push(format!("query {name}: repeated"));
                    }
                }
            }
        }
        for parameter in called.method.parameters.iter().filter(|p| p.required && !p.in_path) {
            if !query.iter().any(|(name, _)| *name == parameter.name) {
                found.push(format!("query {}: required, missing", parameter.name));
            }
        }
        self.check_media(called, query, &mut found);
        self.check_fields(called, query, &mut found);
        if !called.upload {
            self.check_body(called, body, &mut found);
        }
        found
    }

    fn check_media(&self, called: &Called<'_>, query: &[(String, String)], found: &mut Vec<String>) {
        let media = query.iter().any(|(name, text)| name == "alt" && text == "media");
        if media && called.method.spec.get("supportsMediaDownload") != Some(&Value::Bool(true)) {
            found.push(format!("query alt: {} has no media download", called.id()));
        }
    }

    fn check_fields(&self, called: &Called<'_>, query: &[(String, String)], found: &mut Vec<String>) {
        let Some((_, text)) = query.iter().find(|(name, _)| name == "fields") else { return };
        match Fields::parse(Some(text)) {
            Err(error) => found.push(format!("query fields: {}", error.message)),
            Ok(fields) => {
                if let Some(schema) = called.method.spec.get("response")
                    && let Some(unknown) = value::unknown_field(self.schemas(), schema, &fields)
                {
                    found.push(format!("query fields: Invalid field selection {unknown}"));
                }
            }
        }
    }

    fn check_body(&self, called: &Called<'_>, body: Option<&Value>, found: &mut Vec<String>) {
        match (called.method.spec.get("request"), body) {
            (Some(schema), Some(body)) => value::check(self.schemas(), schema, body, "body", found),
            (None, Some(_)) => found.push(format!("body: {} takes none", called.id())),
            (_, None) => {}
        }
    }

    /// What this description objects to in the answer.
    pub fn check_answer(&self, called: &Called<'_>, status: u16, body: Option<&Value>) -> Vec<String> {
        let mut found = Vec::new();
        if status >= 400 {
            let error = body.and_then(|b| b.get("error"));
            let code = error.and_then(|e| e.get("code")).and_then(Value::as_u64);
            let says = error.and_then(|e| e.get("message")).is_some_and(Value::is_string);
            if code != Some(u64::from(status)) || !says {
                found.push(format!(
                    "{}: a {status} whose body is not {{error: {{code, message}}}}",
                    called.id()
                ));
            }
        } else if let Some(body) = body {
            match called.method.spec.get("response") {
                Some(schema) => value::check(self.schemas(), schema, body, called.id(), &mut found),
                None => found.push(format!("{}: answers nothing, got a body", called.id())),
            }
        }
        found
    }

    fn schemas(&self) -> &Value {
        self.raw.get("schemas").unwrap_or(&Value::Null)
    }
}

fn collect(
    document: &Value,
    resource: &Value,
    methods: &mut Vec<Method>,
    depth: usize,
) -> Result<(), String> {
    if depth > 16 {
        return Err("its resources nest too deep".to_owned());
    }
    for spec in resource.get("methods").and_then(Value::as_object).into_iter().flat_map(|m| m.values()) {
        methods.push(method(document, spec)?);
    }
    for inner in resource.get("resources").and_then(Value::as_object).into_iter().flat_map(|m| m.values()) {
        collect(document, inner, methods, depth + 1)?;
    }
    Ok(())
}

fn method(document: &Value, spec: &Value) -> Result<Method, String> {
    let text = |name: &str| spec.get(name).and_then(Value::as_str);
    let id = text("id").ok_or("a method has no id")?.to_owned();
    let base = document.get("servicePath").and_then(Value::as_str).unwrap_or("").trim_start_matches('/');
    let mut templates = Vec::new();
    // `path` carries the parameters' names, `flatPath` their shape: either may be what a client sends.
    for path in [text("path"), text("flatPath")].into_iter().flatten() {
        templates.push(Template::new(&format!("{base}{path}"))?);
    }
    let protocols = spec.pointer("/mediaUpload/protocols").and_then(Value::as_object);
    let mut upload = Vec::new();
    for protocol in protocols.into_iter().flat_map(|p| p.values()) {
        if let Some(path) = protocol.get("path").and_then(Value::as_str) {
            upload.push(Template::new(path.trim_start_matches('/'))?);
        }
    }
    let mut all = parameters(spec.get("parameters"))?;
    all.extend(parameters(document.get("parameters"))?);
    let http = text("httpMethod").ok_or_else(|| format!("{id} has no httpMethod"))?.to_owned();
    Ok(Method { id, http, templates, upload, spec: spec.clone(), parameters: all })
}

fn parameters(specs: Option<&Value>) -> Result<Vec<Parameter>, String> {
    let mut all = Vec::new();
    for (name, spec) in specs.and_then(Value::as_object).into_iter().flatten() {
        let text = |key: &str| spec.get(key).and_then(Value::as_str);
        let flag = |key: &str| spec.get(key).and_then(Value::as_bool).unwrap_or(false);
        all.push(Parameter {
            name: name.clone(),
            in_path: text("location") == Some("path"),
            required: flag("required"),
            repeated: flag("repeated"),
            kind: text("type").unwrap_or("string").to_owned(),
            format: text("format").unwrap_or("").to_owned(),
            minimum: text("minimum").and_then(|n| n.parse().ok()),
            maximum: text("maximum").and_then(|n| n.parse().ok()),
            members: spec
                .get("enum")
                .and_then(Value::as_array)
                .map(|members| members.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            pattern: text("pattern").map(Pattern::new).transpose()?,
        });
    }
    Ok(all)
}

impl Parameter {
    fn check(&self, text: &str, found: &mut Vec<String>) {
        let name = &self.name;
        if self.kind == "integer" {
            match text.parse::<i64>() {
                Err(_) => found.push(format!("{name}={text}: integer expected")),
                Ok(n) if !value::integer_fits(n, &self.format) => {
                    found.push(format!("{name}={n}: no {}", self.format));
                }
                Ok(n) if self.maximum.is_some_and(|most| n > most) => {
                    found.push(format!("{name}={n}: above the maximum"))
                }
                Ok(n) if self.minimum.is_some_and(|least| n < least) => {
                    found.push(format!("{name}={n}: below the minimum"))
                }
                Ok(_) => {}
            }
        }
        if self.kind == "boolean" && text != "true" && text != "false" {
            found.push(format!("{name}={text}: boolean expected"));
        }
        if self.kind == "string" && !value::string_fits(text, &self.format) {
            found.push(format!("{name}={text}: {} expected", self.format));
        }
        if self.members.as_ref().is_some_and(|members| !members.iter().any(|member| member == text)) {
            found.push(format!("{name}={text}: not in the enum"));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.matches(text)) {
            found.push(format!("{name}={text}: does not match its pattern"));
        }
    }
}

fn decoded(text: &str) -> String {
    // A `+` stands for itself in a path, and for a blank only in a query.
    let escaped = text.replace('+', "%2B");
    let pair = format!("x={escaped}");
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}
