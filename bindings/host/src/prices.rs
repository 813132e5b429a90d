//! What an answer of a model costs. Not for what was used: the adapters read that from their frameworks.

use genai_prices::{PriceRequest, Usage, UsageKey};

/// Tokens of one answer. Those of the input include the tokens that were read from a cache or written to one. What is not
/// known, or no number above zero, counts for nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tokens {
    /// Of the request.
    pub input: Option<f64>,
    /// Of the answer.
    pub output: Option<f64>,
    /// Of the request, those that a cache had.
    pub cache_read: Option<f64>,
    /// Of the request, those that went into a cache.
    pub cache_write: Option<f64>,
}

/// US dollars for an answer of `model` by the prices of the day; `None` when nobody knows them, or when no token was used.
/// `provider` is its name in OpenTelemetry's conventions or its own.
#[must_use]
pub fn genai_cost(model: &str, provider: Option<&str>, tokens: Tokens) -> Option<f64> {
    let mut usage = Usage::new();
    for (key, count) in [
        (UsageKey::INPUT_TOKENS, tokens.input),
        (UsageKey::OUTPUT_TOKENS, tokens.output),
        (UsageKey::CACHE_READ_TOKENS, tokens.cache_read),
        (UsageKey::CACHE_WRITE_TOKENS, tokens.cache_write),
    ] {
        if let Some(count) = count.filter(|count| *count > 0.0) {
            usage.insert(key, count);
        }
    }
    if usage.is_empty() {
        return None;
    }
    let mut request = PriceRequest::new(model, &usage);
    if let Some(provider) = provider {
        request = request.with_provider_id(id_of(provider));
    }
    genai_prices::calculate(&request).ok().map(|price| price.total_price)
}

/// The crate's name of a provider that OpenTelemetry's conventions call otherwise.
fn id_of(provider: &str) -> &str {
    match provider {
        "aws.bedrock" => "aws",
        "azure.ai.openai" | "azure.ai.inference" => "azure",
        "gcp.gemini" | "gcp.vertex_ai" | "gcp.gen_ai" => "google",
        "mistral_ai" => "mistral",
        "x_ai" => "x-ai",
        other => other,
    }
}
