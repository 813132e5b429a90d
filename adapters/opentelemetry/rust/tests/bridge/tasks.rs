//! Tasks that wait and go on, on whichever thread is free, with `opentelemetry::global` installed.

use super::{is_below, lines, named, own, telemetry};
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Span, TraceContextExt, Tracer};
use opentelemetry::{Context, global};

const TASKS: u64 = 64;

#[test]
fn each_task_keeps_its_own_context() {
    let telemetry = telemetry();
    vigie_opentelemetry::install(&telemetry);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let tracer = global::tracer("shop");
                let context = Context::new().with_span(tracer.start(format!("task {task}")));
                let telemetry = telemetry.clone();
                let work = async move {
                    tokio::task::yield_now().await;
                    let mut inner = own(&telemetry, &format!("own {task}"));
                    let inside = async {
                        tokio::task::yield_now().await;
                        tracer.start(format!("inner {task}")).end();
                    };
                    inner.context().clone().around(inside).await;
                    inner.end(None);
                };
                tokio::spawn(work.with_context(context))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let lines = lines(&telemetry);
    for task in 0..TASKS {
        let of = |what: &str| named(&lines, &format!("{what} {task}"));
        assert!(is_below(of("own"), of("task")), "{task}");
        assert!(is_below(of("inner"), of("own")), "{task}");
    }
    assert_eq!(lines.len() as u64, 3 * TASKS);
}
