//! Tasks that wait and go on, on whichever thread is free.

use super::{is_below, lines, named, telemetry_at};
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info, info_span};
use tracing_subscriber::prelude::*;
use vigie_core::{Context, SpanStart, Telemetry};

const TASKS: u64 = 64;

async fn step(telemetry: Telemetry, task: u64) {
    tokio::task::yield_now().await;
    let mut own = telemetry.start_span(
        &format!("own {task}"),
        SpanStart { parent: Some(&Context::current()), ..SpanStart::default() },
    );
    let inside = async {
        tokio::task::yield_now().await;
        info!(task, "told {task}");
        async { tokio::task::yield_now().await }
            .instrument(info_span!("inner", otel.name = format!("inner {task}")))
            .await;
    };
    own.context().clone().around(inside).await;
    own.end(None);
    info!(task, "left {task}");
}

#[test]
fn each_task_keeps_its_own_context() {
    let telemetry = telemetry_at("info");
    let subscriber = tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..TASKS)
                .map(|task| {
                    let span = info_span!("task", otel.name = format!("task {task}"));
                    tokio::spawn(step(telemetry.clone(), task).instrument(span).with_current_subscriber())
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
    });
    assert!(Context::current().span.is_none());
    let lines = lines(&telemetry);
    for task in 0..TASKS {
        let of = |what: &str| named(&lines, &format!("{what} {task}"));
        assert!(is_below(of("own"), of("task")), "{task}");
        assert!(is_below(of("inner"), of("own")), "{task}");
        assert_eq!(of("told")["span_id"], of("own")["span_id"], "{task}");
        assert_eq!(of("left")["span_id"], of("task")["span_id"], "{task}");
    }
    let spans = lines.iter().filter(|line| line["kind"] == "span");
    assert_eq!(spans.count() as u64, 3 * TASKS);
}
