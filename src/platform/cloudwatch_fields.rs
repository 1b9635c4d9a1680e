//! Reading which account and region of Amazon CloudWatch is asked.

use super::{CloudWatch, fields::Fields, server_fields::read_url, wording::quoted};

/// Fields of CloudWatch alone.
pub(super) const ALL: &[&str] = &["region", "profile", "role", "external_id", "endpoint", "cost_limit"];

/// Reads them; what is refused is left out.
pub(super) fn read(fields: &mut Fields<'_>) -> CloudWatch {
    let region = read_region(fields);
    let role = read_role(fields);
    let external_id = fields.text("external_id").map(toml::Spanned::into_inner);
    if fields.has("external_id") && !fields.has("role") {
        let remedy = "name the role that asks for it, or remove the field";
        fields.refuse("external_id", "says nothing without `role`", remedy);
    }
    CloudWatch {
        region,
        profile: fields.text("profile").map(toml::Spanned::into_inner),
        role,
        external_id,
        endpoint: read_url(fields, "endpoint"),
        cost_limit: fields
            .number("cost_limit", "an amount of US dollars", "a number above 0", |usd| usd > 0.0),
    }
}

/// Reads `region`, which becomes part of a host's name.
pub(super) fn read_region(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("region")?.into_inner();
    let is_name = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        let problem = format!("{} is not a region", quoted(&text));
        fields.refuse("region", problem, "legal: a region's name, such as eu-central-1");
    }
    is_name.then_some(text)
}

fn read_role(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("role")?.into_inner();
    // `arn:aws`, `arn:aws-cn` and `arn:aws-us-gov`.
    let is_arn = text.starts_with("arn:aws") && text.contains(":iam::") && text.contains(":role/");
    if !is_arn {
        let problem = format!("{} is not the ARN of a role", quoted(&text));
        fields.refuse("role", problem, "legal: such as arn:aws:iam::123456789012:role/mailtide");
    }
    is_arn.then_some(text)
}
