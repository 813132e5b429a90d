//! `genai_cost`: what an answer of a model costs. Not for what was used: the adapters read that from their frameworks.

use pyo3::prelude::*;
use pyo3::types::{PyModule, PyString};
use vigie_host::Tokens;

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
    let count = |tokens: Option<&Bound<'_, PyAny>>| tokens.and_then(|tokens| tokens.extract::<f64>().ok());
    let tokens = Tokens {
        input: count(input_tokens),
        output: count(output_tokens),
        cache_read: count(cache_read_tokens),
        cache_write: count(cache_write_tokens),
    };
    vigie_host::genai_cost(&text(model)?, provider.and_then(text).as_deref(), tokens)
}

/// Adds the function to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(genai_cost, module)?)
}
