//! What samplers decide.

use super::*;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::Attributes;
use crate::model::context::Carried;
use crate::model::ids::{IdGenerator, SpanId, TraceFlags};
use crate::model::span::SpanKind;
use crate::stats::Counts;

fn plan(ratio: f64) -> Plan<'static> {
    Plan { ratio, ..Plan::default() }
}

/// A sampler that asks no parent.
fn anew(ratio: f64) -> Sampler {
    Sampler::new(&Plan { parents: Parents::all(FromParent::Root), ..plan(ratio) })
}

fn parent(is_remote: bool, flags: TraceFlags, trace_state: Option<&str>) -> Context {
    let (trace_id, span_id) = (TraceId::from(1_u128), SpanId::from(1_u64));
    let carried = Carried { trace_state: trace_state.map(Box::from), ..Carried::default() };
    let span = SpanContext { trace_id, span_id, flags, is_remote };
    Context { span: Some(span), carried: Some(Arc::new(carried)) }
}

fn asked<'a>(parent: Option<&'a Context>, trace_id: TraceId, name: &'a str) -> Asked<'a> {
    Asked { parent, trace_id, name, kind: SpanKind::Internal, attributes: None }
}

fn keeps(sampler: &Sampler, parent: Option<&Context>, trace_id: TraceId) -> bool {
    sampler.sample(&asked(parent, trace_id, "s")).is_sampled
}

#[test]
fn all_and_none_are_exact() {
    for low in [1_u64, u64::MAX / 2, u64::MAX] {
        let trace = TraceId::from(u128::from(low));
        for is_consistent in [false, true] {
            let sampler = |ratio| Sampler::new(&Plan { is_consistent, ..plan(ratio) });
            assert!(keeps(&sampler(1.0), None, trace));
            assert!(!keeps(&sampler(0.0), None, trace));
        }
    }
}

#[test]
fn a_ratio_keeps_about_its_share_and_whatever_a_smaller_one_keeps() {
    for is_consistent in [false, true] {
        let sampler = |ratio| Sampler::new(&Plan { is_consistent, ..plan(ratio) });
        let (tenth, half) = (sampler(0.1), sampler(0.5));
        let ids = IdGenerator::random();
        let mut kept = 0;
        for _ in 0..20_000 {
            let trace = ids.trace_id();
            kept += i32::from(keeps(&tenth, None, trace));
            assert!(!keeps(&tenth, None, trace) || keeps(&half, None, trace));
            assert_eq!(keeps(&tenth, None, trace), keeps(&tenth, None, trace));
        }
        // Five standard deviations of a binomial distribution are 212.
        assert!((2_000 - 300..2_000 + 300).contains(&kept), "{kept}");
    }
}

#[test]
fn the_decision_is_that_of_the_official_sdks() {
    let quarter = Sampler::new(&plan(0.25));
    let trace = |low: u64| TraceId::from(u128::from(low) | 0xffff << 64);
    assert!(keeps(&quarter, None, trace(0x3fff_ffff_ffff_ffff)));
    assert!(!keeps(&quarter, None, trace(0x4000_0000_0000_0000)));
    assert_eq!(quarter.bound(), 1 << 61);
    assert_eq!(Sampler::new(&plan(7.0)).bound(), 1 << 63);
}

#[test]
fn a_parent_decides_unless_it_is_ignored() {
    let trace = TraceId::from(u128::MAX);
    for ratio in [0.0, 1.0] {
        for flags in [TraceFlags::NOT_SAMPLED, TraceFlags::SAMPLED] {
            let parent = parent(true, flags, None);
            assert_eq!(keeps(&Sampler::new(&plan(ratio)), Some(&parent), trace), flags.is_sampled());
            assert_eq!(keeps(&anew(ratio), Some(&parent), trace), ratio > 0.5);
        }
    }
}

#[test]
fn each_sort_of_parent_has_a_sampler_of_its_own() {
    let (all, none) = (FromParent::Share(1.0), FromParent::Share(0.0));
    let cases = [(true, true), (true, false), (false, true), (false, false)];
    for (is_remote, is_sampled) in cases {
        let mut parents = Parents::default();
        let slot = match (is_remote, is_sampled) {
            (true, true) => &mut parents.remote_sampled,
            (true, false) => &mut parents.remote_not_sampled,
            (false, true) => &mut parents.local_sampled,
            (false, false) => &mut parents.local_not_sampled,
        };
        *slot = if is_sampled { none } else { all };
        let sampler = Sampler::new(&Plan { parents, ..plan(0.5) });
        for other in cases {
            let flags = TraceFlags::NOT_SAMPLED.with_sampled(other.1);
            let above = parent(other.0, flags, None);
            let is_own = other == (is_remote, is_sampled);
            assert_eq!(keeps(&sampler, Some(&above), TraceId::from(1_u128)), other.1 != is_own, "{other:?}");
        }
    }
}

#[test]
fn the_first_rule_that_fits_has_the_say() {
    let rule = |name: Option<&str>, kind, ratio| SamplingRule {
        name: name.map(Pattern::new),
        kind,
        attributes: Vec::new(),
        ratio,
    };
    let rules = [
        rule(Some("GET /health*"), None, 0.0),
        rule(None, Some(SpanKind::Server), 1.0),
        rule(Some("GET /*"), None, 0.0),
    ];
    let sampler = Sampler::new(&Plan { rules: &rules, ..plan(0.0) });
    let kept =
        |name, kind| sampler.sample(&Asked { kind, ..asked(None, TraceId::from(1_u128), name) }).is_sampled;
    assert!(!kept("GET /health", SpanKind::Server));
    assert!(kept("GET /items", SpanKind::Server));
    assert!(!kept("GET /items", SpanKind::Client));
    assert!(!kept("job", SpanKind::Internal), "others have the share of all");
    let parent = parent(true, TraceFlags::SAMPLED, None);
    let under =
        Asked { kind: SpanKind::Server, ..asked(Some(&parent), TraceId::from(1_u128), "GET /health") };
    assert!(sampler.sample(&under).is_sampled, "a decision that was made stands");
}

#[test]
fn a_rule_asks_for_all_of_its_attributes_as_texts() {
    let attributes = [("http.route", "/items/*"), ("retry", "true"), ("attempt", "3")];
    let attributes = attributes.map(|(name, text)| (name.to_owned(), Pattern::new(text))).to_vec();
    let rules = [SamplingRule { name: None, kind: None, attributes, ratio: 1.0 }];
    let sampler = Sampler::new(&Plan { rules: &rules, ..plan(0.0) });
    assert!(sampler.reads_attributes() && !Sampler::new(&plan(0.0)).reads_attributes());
    let kept = |route: &str, attempt: i64| {
        let (rules, counts, mut given) = (
            Rules::new(Default::default(), &Default::default(), None),
            Counts::default(),
            Attributes::default(),
        );
        let mut writer = AttributeWriter::new(&mut given, &rules, &counts, Target::Span);
        writer.attr("http.route", route);
        writer.attr("retry", true);
        writer.attr("attempt", attempt);
        drop(writer);
        let attributes = Some(&given);
        sampler.sample(&Asked { attributes, ..asked(None, TraceId::from(1_u128), "s") }).is_sampled
    };
    assert!(kept("/items/\"7\"", 3));
    assert!(!kept("/users/7", 3));
    assert!(!kept("/items/7", 4));
    assert!(!keeps(&sampler, None, TraceId::from(1_u128)), "without attributes it fits nothing");
}

#[test]
fn a_rate_bounds_new_traces_alone() {
    let all = Parents::all(FromParent::Root);
    let sampler = Sampler::new(&Plan { per_second: Some(0.001), parents: all, ..plan(1.0) });
    let kept = |parent| keeps(&sampler, parent, TraceId::from(1_u128));
    assert!(kept(None));
    assert!(!kept(None));
    assert!(kept(Some(&parent(true, TraceFlags::NOT_SAMPLED, None))));
}

/// The `tracestate` that follows.
fn state(sampled: Sampled<'_>, context: Option<&Context>) -> Option<String> {
    let carried = sampled.mark.on(context.and_then(Context::carried_below));
    carried.and_then(|carried| carried.trace_state.as_deref().map(str::to_owned))
}

#[test]
fn a_consistent_decision_is_told() {
    let sampler = Sampler::new(&Plan { is_consistent: true, ..plan(0.25) });
    let told = |trace: u128, context: Option<&Context>| {
        let sampled = sampler.sample(&asked(context, TraceId::from(trace), "s"));
        (sampled.is_sampled, state(sampled, context))
    };
    // The left half and eight more bits are looked at by nobody.
    assert_eq!(told(0xffff_00c0_0000_0000_0000, None), (true, Some("ot=th:c".to_owned())));
    assert_eq!(told(0xffff_ffbf_ffff_ffff_ffff, None), (false, None));
    // Explicit randomness comes first.
    let given = |list: &str| Context { span: None, ..parent(true, TraceFlags::SAMPLED, Some(list)) };
    let low = given("ot=rv:bfffffffffffff,a=1");
    assert_eq!(told(u128::MAX, Some(&low)), (false, Some("ot=rv:bfffffffffffff,a=1".to_owned())));
    let high = given("a=1,ot=rv:c0000000000000");
    assert_eq!(told(1, Some(&high)), (true, Some("ot=rv:c0000000000000;th:c,a=1".to_owned())));
}

#[test]
fn a_parents_threshold_goes_on_as_long_as_it_explains_the_decision() {
    let sampler = Sampler::new(&Plan { is_consistent: true, ..plan(0.25) });
    let told = |flags, list: &str| {
        let above = parent(true, flags, Some(list));
        let sampled = sampler.sample(&asked(Some(&above), TraceId::from(1_u128), "s"));
        assert_eq!(sampled.is_sampled, flags.is_sampled());
        state(sampled, Some(&above)).unwrap_or_default()
    };
    let yes = TraceFlags::SAMPLED;
    assert_eq!(told(yes, "a=1,ot=th:0"), "a=1,ot=th:0");
    assert_eq!(told(yes, "a=1,ot=th:8;rv:80000000000000"), "a=1,ot=th:8;rv:80000000000000");
    assert_eq!(told(yes, "a=1,ot=th:8"), "a=1");
    assert_eq!(told(yes, "a=1,ot=th:X;p:8"), "ot=p:8,a=1");
    assert_eq!(told(TraceFlags::NOT_SAMPLED, "a=1,ot=th:0"), "a=1");
}

#[test]
fn what_nobody_can_count_with_is_not_told() {
    let sampled_by = |plan: &Plan<'_>, above: &Context| {
        let sampler = Sampler::new(plan);
        let sampled = sampler.sample(&asked(Some(above), TraceId::from(u128::MAX), "s"));
        state(sampled, Some(above))
    };
    let above = parent(true, TraceFlags::NOT_SAMPLED, Some("ot=th:8"));
    let parents = Parents { remote_not_sampled: FromParent::Share(1.0), ..Parents::default() };
    assert_eq!(
        sampled_by(&Plan { parents, ..plan(1.0) }, &above),
        None,
        "the share is none of consistent ones"
    );
    let consistent = Plan { is_consistent: true, ..plan(1.0) };
    assert_eq!(sampled_by(&Plan { parents, ..consistent }, &above).as_deref(), Some("ot=th:0"));
    let fresh = Context { span: None, ..parent(true, TraceFlags::SAMPLED, Some("a=1")) };
    let rated = Plan { per_second: Some(10.0), ..consistent };
    assert_eq!(sampled_by(&rated, &fresh).as_deref(), Some("a=1"));
}
