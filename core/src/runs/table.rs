//! The open runs by their identifiers: which stand below which, and which have been quiet for too long.
//!
//! Not for spans: the table only holds them.

use super::above::Above;
use super::id::RunId;
use super::run::Run;
use super::start::RunStart;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

#[derive(Debug, Default)]
pub(super) struct Table {
    runs: HashMap<RunId, Run>,
    /// When it was last looked through for quiet runs.
    pub(super) swept: Duration,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    pub(super) fn get(&self, id: RunId) -> Option<&Run> {
        self.runs.get(&id)
    }

    /// The run, of which something was heard.
    pub(super) fn touch(&mut self, id: RunId, now: Duration) -> Option<&mut Run> {
        let run = self.runs.get_mut(&id)?;
        run.touched = now;
        Some(run)
    }

    /// What a run that starts now stands under.
    pub(super) fn above(&self, start: &RunStart<'_>) -> Above {
        match start.parent.and_then(|parent| Some((parent, self.runs.get(&parent)?))) {
            Some((parent, run)) => Above {
                context: start.nearer.unwrap_or(&run.context).clone(),
                parent: Some(parent),
                root: run.root,
                inherited: run.inherited.clone(),
            },
            None => Above { context: start.context.clone(), parent: None, root: start.id, inherited: None },
        }
    }

    /// Counts a span below the outermost run `root`; false when that has its fill of them.
    pub(super) fn take_span(&mut self, root: RunId, most: u32) -> bool {
        let Some(root) = self.runs.get_mut(&root) else { return true };
        let has_room = root.spans < most;
        if has_room {
            root.spans += 1;
        } else {
            root.left_out = root.left_out.saturating_add(1);
        }
        has_room
    }

    pub(super) fn insert(&mut self, id: RunId, run: Run) {
        if let Some(parent) = run.parent.and_then(|parent| self.runs.get_mut(&parent)) {
            parent.children.push(id);
        }
        self.runs.insert(id, run);
    }

    /// The run is interrupted: whatever the one above it is called when it ends, it has not come to its end.
    pub(super) fn interrupt_above(&mut self, id: RunId) {
        let above = self.runs.get(&id).and_then(|run| run.parent);
        if let Some(above) = above.and_then(|above| self.runs.get_mut(&above)) {
            above.is_interrupted = true;
        }
    }

    /// Takes out a run and, before it, all that are open below it.
    pub(super) fn take(&mut self, id: RunId, now: Duration) -> Vec<Run> {
        let parent = self.runs.get(&id).and_then(|run| run.parent);
        if let Some(parent) = parent.and_then(|parent| self.touch(parent, now)) {
            parent.children.retain(|child| *child != id);
        }
        let (mut taken, mut next) = (Vec::new(), vec![id]);
        while let Some(id) = next.pop() {
            if let Some(run) = self.runs.remove(&id) {
                next.extend(&run.children);
                taken.push(run);
            }
        }
        taken.reverse();
        taken
    }

    /// The topmost of the runs of which, and of all below which, nothing was heard since `then`; the oldest first.
    pub(super) fn quiet_since(&self, then: Duration) -> Vec<RunId> {
        let mut alive = HashSet::new();
        for (id, run) in &self.runs {
            let mut next = (run.touched > then).then_some(*id);
            while let Some(id) = next.filter(|id| alive.insert(*id)) {
                next = self.runs.get(&id).and_then(|run| run.parent);
            }
        }
        let is_top = |run: &Run| run.parent.is_none_or(|parent| alive.contains(&parent));
        let quiet = self.runs.iter().filter(|(id, run)| !alive.contains(id) && is_top(run));
        let mut quiet: Vec<(Duration, RunId)> = quiet.map(|(id, run)| (run.started, *id)).collect();
        quiet.sort_unstable();
        quiet.into_iter().map(|(_, id)| id).collect()
    }
}
