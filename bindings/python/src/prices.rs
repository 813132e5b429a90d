//! `genai_cost`: what an answer of a model costs. Not for what was used: the adapters read that from their frameworks.

use genai_prices::{PriceRequest, Usage, UsageKey};
use pyo3::prelude::*;
use pyo3::types::{PyModule, PyString};

/// What the answer of a generative model costs, in US dollars; None when the model's price is not known, or when no token
/// was used.
///
/// ``model`` is its name as the provider or OpenTelemetry's ``gen_ai.response.model`` has it, a ``str``, ``provider`` that
/// of ``gen_ai.provider.name`` or the provider's own. Tokens are ``int``; those of the input include the tokens that were
/// read from a cache or written to one. Prices are those of the day, as this release knows them. Raises nothing.
///
/// >>> import vigie
/// >>> vigie.genai_cost("gpt-5", provider="openai", input_tokens=1_000_000, output_tokens=100_000)
/// 2.25
/// >>> vigie.genai_cost("no-such-model", input_tokens=1) is None
/// True
#[pyfunction]
#[pyo3(signature = (model, /, *, provider=None, input_tokens=None, output_tokens=None, cache_read_tokens=None, cache_write_tokens=None))]
fn genai_cost(
    model: &Bound<'_, PyAny>,
    provider: Option<&Bound<'_, PyAny>>,
    input_tokens: Option<&Bound<'_, PyAny>>,
    output_tokens: Option<&Bound<'_, PyAny>>,
    cache_read_tokens: Option<&Bound<'_, PyAny>>,
    cache_write_tokens: Option<&Bound<'_, PyAny>>,
) -> Option<f64> {
    let text = |object: &Bound<'_, PyAny>| {
        let text = object.cast::<PyString>().ok()?;
        Some(crate::convert::with_text(text.as_any().as_borrowed(), str::to_owned))
    };
    let mut usage = Usage::new();
    for (key, tokens) in [
        (UsageKey::INPUT_TOKENS, input_tokens),
        (UsageKey::OUTPUT_TOKENS, output_tokens),
        (UsageKey::CACHE_READ_TOKENS, cache_read_tokens),
        (UsageKey::CACHE_WRITE_TOKENS, cache_write_tokens),
    ] {
        if let Some(tokens) =
            tokens.and_then(|tokens| tokens.extract::<f64>().ok()).filter(|tokens| *tokens > 0.0)
        {
            usage.insert(key, tokens);
        }
    }
    if usage.is_empty() {
        return None;
    }
    let model = text(model)?;
    let provider = provider.and_then(text);
    let mut request = PriceRequest::new(&model, &usage);
    if let Some(provider) = &provider {
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

/// Adds the function to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(genai_cost, module)?)
}
