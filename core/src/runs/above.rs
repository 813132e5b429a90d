//! What a new run stands under.

use super::id::RunId;
use crate::model::context::Context;
use std::sync::Arc;

/// Attributes that all runs below one get, too.
pub(super) type Inherited = Arc<[(Box<str>, Box<str>)]>;

pub(super) struct Above {
    pub(super) context: Context,
    pub(super) parent: Option<RunId>,
    pub(super) root: RunId,
    pub(super) inherited: Option<Inherited>,
}
