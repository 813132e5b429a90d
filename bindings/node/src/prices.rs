//! What an answer of a model costs. Not for what was used: the adapters read that from their frameworks.

use napi_derive::napi;
use vigie_core::host::guard;
use vigie_host::Tokens;

/// `genaiCost(model, provider, input, output, cacheRead, cacheWrite)`: US dollars, or nothing when nobody knows a price.
#[napi]
pub fn genai_cost(
    model: String,
    provider: Option<String>,
    input: f64,
    output: f64,
    cache_read: f64,
    cache_write: f64,
) -> Option<f64> {
    guard(None, || {
        let tokens = Tokens {
            input: Some(input),
            output: Some(output),
            cache_read: Some(cache_read),
            cache_write: Some(cache_write),
        };
        vigie_host::genai_cost(&model, provider.as_deref(), tokens)
    })
}
