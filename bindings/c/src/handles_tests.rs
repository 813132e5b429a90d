use super::*;
use crate::error::VIGIE_E_HANDLE;
use vigie_core::Context;

fn context() -> Held {
    Held::Context(Context::root(), 0)
}

#[test]
fn zero_and_nonsense_are_not_handles() {
    for handle in [0, 1 << 32, u64::MAX, u64::from(u32::MAX), 7 << 32 | 1 << 31] {
        assert_eq!(look_up(handle).err().map(|failure| failure.code), Some(VIGIE_E_HANDLE));
        assert!(take_span(handle).is_err());
        assert!(release(handle).is_err());
    }
}

#[test]
fn a_reused_slot_has_another_handle() {
    let mut seen = std::collections::HashSet::new();
    for _ in 0..100 {
        let handle = insert(context()).unwrap();
        assert!(seen.insert(handle));
        assert!(look_up(handle).is_ok() && is_live(handle));
        release(handle).unwrap();
        assert!(look_up(handle).is_err() && !is_live(handle));
        assert!(release(handle).is_err());
    }
}

#[test]
fn a_context_is_no_span() {
    let handle = insert(context()).unwrap();
    assert!(take_span(handle).is_err());
    assert!(with_span(handle, |_| ()).is_err());
    release(handle).unwrap();
}

#[test]
fn of_many_threads_one_releases() {
    for _ in 0..200 {
        let handle = insert(context()).unwrap();
        let released = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(move || release(handle).is_ok())).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).filter(|won| *won).count()
        });
        assert_eq!(released, 1);
    }
}
