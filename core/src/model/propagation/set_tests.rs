//! What a set of propagators searches for, collects and writes.

use super::*;

const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn unique(names: &[&str]) {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len(), "{names:?}");
}

#[test]
fn propagators_share_no_name_and_write_no_header_twice() {
    let names = super::names();
    unique(&[names.as_slice(), &UNBUILT].concat());
    for name in &names {
        assert_eq!(find(name).map(Propagator::name), Some(*name));
    }
    assert!(UNBUILT.iter().all(|name| find(name).is_none()));
    unique(&super::written().collect::<Vec<_>>());
    unique(&variables().collect::<Vec<_>>());
}

/// OpenTelemetry, environment variables as context propagation carriers: "Key Name Normalization".
#[test]
fn a_variable_is_the_name_of_its_header_in_upper_case_with_underscores() {
    let all = all_propagators();
    for field in all.fields() {
        assert_eq!(field.name, field.written.to_ascii_lowercase());
        assert_eq!(all.field(field.written), Some(field));
        assert_eq!(all.field(&field.name.to_ascii_uppercase()), Some(field));
        if let Some(variable) = field.variable {
            assert_eq!(variable, field.name.to_ascii_uppercase().replace('-', "_"));
            assert_eq!(all.field_of_variable(variable), Some(field));
        }
    }
}

fn set_of(names: &[&str]) -> Propagators {
    let mut set = Propagators::none();
    names.iter().for_each(|name| set.add(find(name).unwrap()));
    set
}

fn all_propagators() -> Propagators {
    set_of(&super::names())
}

#[test]
fn a_carrier_is_searched_for_what_the_set_reads_and_told_what_it_writes() {
    let names = |set: &Propagators, is_wanted: fn(&Field) -> bool| -> Vec<&str> {
        set.fields().iter().filter(|field| is_wanted(field)).map(|field| field.name).collect()
    };
    let of_span = |field: &Field| field.role == Role::Span;
    let only_read = |field: &Field| field.role == Role::Read;
    let prefix = |field: &Field| field.role == Role::Prefix;
    let multi = ["x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"];
    let b3 = set_of(&["b3"]);
    assert_eq!((names(&b3, Field::is_written), names(&b3, only_read)), (vec!["b3"], multi.to_vec()));
    let both = set_of(&["b3", "b3multi"]);
    assert_eq!(names(&both, Field::is_written), [&["b3"], multi.as_slice()].concat());
    assert_eq!(names(&both, of_span), ["b3", "x-b3-traceid"]);
    assert_eq!(names(&Propagators::default(), of_span), ["traceparent"]);
    assert_eq!(both.key("traceparent"), None);
    let jaeger = set_of(&["jaeger"]);
    assert_eq!(
        (names(&jaeger, Field::is_written), names(&jaeger, prefix)),
        (vec!["uber-trace-id"], vec!["uberctx-"])
    );
    assert_eq!(jaeger.key("UberCtx-Plan"), Some("UberCtx-Plan"));
    assert_eq!(jaeger.key("Uber-Trace-ID"), Some("uber-trace-id"));
    assert_eq!((jaeger.key("uberctx"), jaeger.key("éééé")), (None, None));
}

#[test]
fn of_a_carrier_no_more_is_collected_than_what_is_read() {
    let set = set_of(&["tracecontext", "baggage", "jaeger"]);
    let mut selection = Selection::of(&set);
    let long = "x".repeat(8_000);
    let mut collected = Vec::new();
    for _ in 0..10_000 {
        for name in ["baggage", "traceparent", "uberctx-k", "Cookie"] {
            collected.extend(selection.take(name, &long).map(|selected| (name, selected.value.len())));
        }
    }
    for name in ["baggage", "traceparent", "uberctx-k"] {
        let lengths: Vec<usize> =
            collected.iter().filter(|(known, _)| *known == name).map(|(_, length)| *length).collect();
        assert_eq!((lengths.len(), lengths.iter().sum::<usize>()), (65, 8_193), "{name}");
        assert_eq!(lengths[..3], [8_000, 193, 0], "{name}");
    }
    assert_eq!(collected.len(), 3 * 65);
    let mut selection = Selection::of(&set);
    assert_eq!(
        selection.take("BAGGAGE", &"é".repeat(8_000)).map(|selected| selected.value.len()),
        Some(8_192)
    );
}

#[test]
fn what_is_collected_says_what_the_whole_carrier_says() {
    let set = set_of(&["tracecontext", "baggage", "jaeger"]);
    let long = |name: &str, length: usize| format!("{name}={}", "x".repeat(length - 2));
    let (a, b, c) = (long("a", 4_000), long("b", 4_000), long("c", 4_000));
    let members: Vec<String> = (0..100).map(|n| format!("k{n}=v")).collect();
    let future = format!("cc{}-{}", &GOOD[2..], "x".repeat(9_000));
    let mut carriers: Vec<Vec<(&str, &str)>> = vec![
        vec![("baggage", &a), ("baggage", &b), ("baggage", &c), ("baggage", "d=1")],
        vec![("traceparent", &future), ("traceparent", GOOD)],
        vec![("traceparent", &future), ("tracestate", &a), ("tracestate", "k=v")],
        vec![("traceparent", GOOD), ("tracestate", "k=v"), ("tracestate", "l=w")],
    ];
    let own: Vec<String> = (0..100).map(|n| format!("uberctx-k{n}")).collect();
    carriers.push(members.iter().map(|member| ("baggage", member.as_str())).collect());
    carriers.push(own.iter().map(|name| (name.as_str(), "v")).collect());
    for carrier in carriers {
        let mut selection = Selection::of(&set);
        let chosen: Vec<_> = carrier
            .iter()
            .filter_map(|(name, value)| selection.take(name, value))
            .map(|selected| (selected.name, selected.value))
            .collect();
        let [whole, chosen] = [&carrier, &chosen].map(|pairs| {
            let mut incoming = Incoming::default();
            set.extract(Headers::new(pairs), &mut incoming);
            incoming
        });
        let state = |incoming: &Incoming<'_>| {
            incoming.remote.as_ref().map(|remote| (remote.span, remote.trace_state.clone()))
        };
        assert_eq!(state(&whole), state(&chosen));
        assert_eq!(whole.baggage, chosen.baggage);
    }
}

#[test]
fn members_of_all_formats_share_one_room() {
    let pairs: Vec<(String, String)> = (0..40).map(|n| (format!("uberctx-j{n}"), "v".to_owned())).collect();
    let baggage = (0..40).map(|n| format!("b{n}=v")).collect::<Vec<_>>().join(",");
    let mut headers: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    headers.push(("baggage", &baggage));
    for names in [["jaeger", "baggage"], ["baggage", "jaeger"]] {
        let mut incoming = Incoming::default();
        set_of(&names).extract(Headers::new(&headers), &mut incoming);
        assert_eq!(incoming.baggage.iter().count(), 64, "{names:?}");
    }
}

/// Headers of the characters that matter to the formats that separate numbers, by chance but the same each time.
#[test]
fn hostile_identities_are_read_or_left_out_and_written_as_they_were_read() {
    const PARTS: [&str; 21] = [
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "8448eb211c80319c:b7ad6b7169203331:0",
        "b7ad6b7169203331",
        "0",
        "1",
        "d",
        "-",
        "-",
        ":",
        ":",
        ";",
        "=",
        "Root=1-0af76519-16cd43dd8448eb211c80319c",
        "Parent=b7ad6b7169203331",
        "Sampled=",
        "?",
        "%3A",
        "+",
        " ",
        "é",
        "g",
    ];
    let mut state = 7_u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % bound) as usize
    };
    let mut read = 0;
    for _ in 0..200_000 {
        let value: String = (0..below(9)).map(|_| PARTS[below(21)]).collect();
        for (name, header) in [("b3", "b3"), ("jaeger", "uber-trace-id"), ("xray", "x-amzn-trace-id")] {
            let set = set_of(&[name]);
            let span = |value: &str| {
                let pairs = [(header, value)];
                let mut incoming = Incoming::default();
                set.extract(Headers::new(&pairs), &mut incoming);
                incoming.remote.map(|remote| remote.span)
            };
            let Some(found) = span(&value) else { continue };
            read += 1;
            let context = crate::model::context::Context { span: Some(found), carried: None };
            let outgoing = Outgoing { context: &context, allowed: &[], text_of: |_, _| None };
            set.inject(&outgoing, &mut |_, written| assert_eq!(span(written), Some(found), "{value}"));
        }
    }
    assert!(read > 100, "{read}");
}

#[test]
fn a_set_holds_each_propagator_once_and_keeps_the_order() {
    let mut set = Propagators::none();
    for name in ["baggage", "tracecontext", "baggage"] {
        set.add(find(name).unwrap());
    }
    assert!(set.names().eq(["baggage", "tracecontext"]));
    assert!(!set.is_default() && set != Propagators::none() && Propagators::default().is_default());
    assert_eq!(format!("{set:?}"), r#"["baggage", "tracecontext"]"#);
}

#[test]
fn a_header_that_occurs_twice_has_no_single_value() {
    let headers = Headers::new(&[("a", "1"), ("b", "2"), ("a", "3"), ("c", "")]);
    assert_eq!((headers.single("a"), headers.single("b")), (None, Some("2")));
    assert_eq!((headers.single("c"), headers.single("d")), (Some(""), None));
    assert_eq!(headers.values("a").collect::<Vec<_>>(), ["1", "3"]);
    let twice =
        [("traceparent", GOOD), ("traceparent", GOOD), ("x-correlation-id", "a"), ("x-correlation-id", "b")];
    let mut incoming = Incoming::default();
    Propagators::default().extract(Headers::new(&twice), &mut incoming);
    assert!(incoming.remote.is_none() && incoming.attributes.is_empty());
}
