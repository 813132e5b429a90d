//! The C ABI of Vigie: conversion, error codes and handles over `vigie_core`, for C, PowerShell
//! and whatever else can call C.
//!
//! Every exported function goes through `ffi::ffi`; nothing unwinds into the caller.
#![allow(
    clippy::missing_safety_doc,
    reason = "the header states the one rule for all pointers; a section per function would repeat it in C"
)]

pub mod carrier;
pub mod context;
mod convert;
pub mod environment;
pub mod error;
#[cfg(feature = "failpoint")]
mod failpoint;
mod ffi;
mod handles;
mod held;
pub mod logger;
pub mod meter;
pub mod record;
mod slots;
pub mod telemetry;
pub mod tracer;
