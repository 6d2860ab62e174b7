//! The model's types, as `crates/sim/gen/model.py` writes them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceModel {
    /// Endpoint prefix (`codepipeline`, `portal.sso`).
    pub id: String,
    /// Name in the credential scope of a signature (`codepipeline`, `awsssoportal`).
    pub signing: String,
    /// API version (`2015-07-09`).
    pub api_version: String,
    /// Protocols it speaks, in botocore's words (`json`, `query`, `rest-json`, `smithy-rpc-v2-cbor`).
    pub protocols: Vec<String>,
    /// awsJson version (`1.1`).
    #[serde(default)]
    pub json_version: Option<String>,
    /// What stands before the operation in `X-Amz-Target`.
    #[serde(default)]
    pub target_prefix: Option<String>,
    /// Namespace of its XML.
    #[serde(default)]
    pub xml_namespace: Option<String>,
    /// Operations the simulator offers.
    pub operations: BTreeMap<String, Operation>,
    /// Shapes those reach.
    pub shapes: BTreeMap<String, Shape>,
}

impl ServiceModel {
    /// A shape that the model itself refers to.
    pub fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).unwrap_or_else(|| panic!("{}: the model refers to a shape {name} it lacks", self.id))
    }

    /// Whether it speaks that protocol.
    pub fn speaks(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|p| p == protocol)
    }

    /// The error that goes over the wire by that code: its shape, and what is said of it.
    pub fn error(&self, code: &str) -> Option<(&str, &ErrorTrait)> {
        self.shapes.iter().find_map(|(name, shape)| {
            let error = shape.error.as_ref()?;
            (error.code.as_deref().unwrap_or(name) == code).then_some((name.as_str(), error))
        })
    }
}

/// One operation and its binding.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// HTTP method.
    pub method: String,
    /// URI template (`/` for the RPC protocols).
    pub uri: String,
    /// HTTP status of success, where it is not 200.
    #[serde(default)]
    pub status: Option<u16>,
    /// Shape of the input.
    #[serde(default)]
    pub input: Option<String>,
    /// Shape of the output.
    #[serde(default)]
    pub output: Option<String>,
    /// Element that holds the output in XML.
    #[serde(default)]
    pub result_wrapper: Option<String>,
    /// Whether it is called without a signature.
    #[serde(default)]
    pub unsigned: bool,
    /// Shapes of the errors it declares.
    pub errors: Vec<String>,
}

/// A shape: what a value is, and what AWS accepts of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shape {
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: ShapeKind,
    /// Words allowed.
    #[serde(default, rename = "enum")]
    pub words: Vec<String>,
    /// Least length, number of elements or value.
    #[serde(default)]
    pub min: Option<f64>,
    /// Greatest length, number of elements or value.
    #[serde(default)]
    pub max: Option<f64>,
    /// Regular expression (Java's) that the whole string must match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Whether a list or map has no element of its own in XML and queries.
    #[serde(default)]
    pub flattened: bool,
    /// How a timestamp is written, where it is not the protocol's usual way.
    #[serde(default)]
    pub timestamp_format: Option<String>,
    /// Whether exactly one member is set.
    #[serde(default)]
    pub union: bool,
    /// Whether it is any JSON.
    #[serde(default)]
    pub document: bool,
    /// Member that is the whole body (restJson).
    #[serde(default)]
    pub payload: Option<String>,
    /// Members of a structure.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// Members that must be there.
    #[serde(default)]
    pub required: Vec<String>,
    /// Element of a list.
    #[serde(default)]
    pub member: Option<Member>,
    /// Key of a map.
    #[serde(default)]
    pub key: Option<Member>,
    /// Value of a map.
    #[serde(default)]
    pub value: Option<Member>,
    /// What is said of an error.
    #[serde(default)]
    pub error: Option<ErrorTrait>,
}

impl Shape {
    /// Every reference to another shape.
    pub fn references(&self) -> impl Iterator<Item = &Member> {
        self.members.values().chain(&self.member).chain(&self.key).chain(&self.value)
    }

    /// Element of a list; only asked of lists.
    pub(crate) fn element(&self) -> &Member {
        self.member.as_ref().expect("the generator gives every list its element")
    }

    /// Key and value of a map; only asked of maps.
    pub(crate) fn entry(&self) -> (&Member, &Member) {
        self.key.as_ref().zip(self.value.as_ref()).expect("the generator gives every map its key and value")
    }
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShapeKind {
    /// Members by name.
    Structure,
    /// Elements in order.
    List,
    /// Values by key.
    Map,
    /// Text.
    String,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    /// Number.
    Float,
    /// Number.
    Double,
    /// True or false.
    Boolean,
    /// An instant.
    Timestamp,
    /// Bytes.
    Blob,
}

/// A reference to a shape, and how it is bound where it is referred to. In JSON its name alone, if nothing else is said.
#[derive(Debug, Deserialize)]
#[serde(from = "RawMember")]
pub struct Member {
    /// The shape.
    pub shape: String,
    /// `uri`, `querystring`, `header`, `headers` or `statusCode`; none for the body.
    pub location: Option<String>,
    /// Its name on the wire, where that is another.
    pub location_name: Option<String>,
    /// Whether a list or map has no element of its own.
    pub flattened: bool,
    /// How a timestamp is written here.
    pub timestamp_format: Option<String>,
    /// Whether it is an attribute of its parent's element.
    pub xml_attribute: bool,
    /// Whether it is the body as it comes.
    pub streaming: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawMember {
    Name(String),
    #[serde(rename_all = "camelCase")]
    Bound {
        shape: String,
        location: Option<String>,
        location_name: Option<String>,
        #[serde(default)]
        flattened: bool,
        timestamp_format: Option<String>,
        #[serde(default)]
        xml_attribute: bool,
        #[serde(default)]
        streaming: bool,
    },
}

impl From<RawMember> for Member {
    fn from(raw: RawMember) -> Self {
        match raw {
            RawMember::Name(shape) => Member {
                shape,
                location: None,
                location_name: None,
                flattened: false,
                timestamp_format: None,
                xml_attribute: false,
                streaming: false,
            },
            RawMember::Bound {
                shape,
                location,
                location_name,
                flattened,
                timestamp_format,
                xml_attribute,
                streaming,
            } => Member { shape, location, location_name, flattened, timestamp_format, xml_attribute, streaming },
        }
    }
}

/// What the model says of an error.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorTrait {
    /// Its code on the wire, where it is not the shape's name (query).
    #[serde(default)]
    pub code: Option<String>,
    /// HTTP status, where one is declared.
    #[serde(default)]
    pub http_status_code: Option<u16>,
}
