//! All integration tests, one module a behaviour, in one binary: every binary links polars.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what a panic here means")]

#[path = "mailtide/support.rs"]
mod support;

#[path = "mailtide/architecture.rs"]
mod architecture;

#[path = "mailtide/archive_s3.rs"]
mod archive_s3;

#[path = "mailtide/backtest.rs"]
mod backtest;

#[path = "mailtide/broken_input.rs"]
mod broken_input;

#[path = "mailtide/cloudwatch_support.rs"]
mod cloudwatch_support;

#[path = "mailtide/cloudwatch_scripted.rs"]
mod cloudwatch_scripted;

#[path = "mailtide/cloudwatch_pull.rs"]
mod cloudwatch_pull;

#[path = "mailtide/cloudwatch_moto.rs"]
mod cloudwatch_moto;

#[path = "mailtide/cloudwatch_refusals.rs"]
mod cloudwatch_refusals;

#[path = "mailtide/exit_codes.rs"]
mod exit_codes;

#[path = "mailtide/hostile_labels.rs"]
mod hostile_labels;

#[path = "mailtide/identical.rs"]
mod identical;

#[path = "mailtide/killed.rs"]
mod killed;

#[path = "mailtide/ledger.rs"]
mod ledger;

#[path = "mailtide/live_support.rs"]
mod live_support;

#[path = "mailtide/live_doctor.rs"]
mod live_doctor;

#[path = "mailtide/live_init.rs"]
mod live_init;

#[path = "mailtide/live_graphite.rs"]
mod live_graphite;

#[path = "mailtide/live_killed.rs"]
mod live_killed;

#[path = "mailtide/live_points.rs"]
mod live_points;

#[path = "mailtide/live_prometheus.rs"]
mod live_prometheus;

#[path = "mailtide/live_proxy.rs"]
mod live_proxy;

#[path = "mailtide/own_packs.rs"]
mod own_packs;

#[path = "mailtide/readme.rs"]
mod readme;

#[path = "mailtide/replay.rs"]
mod replay;

#[path = "mailtide/schedule.rs"]
mod schedule;

#[path = "mailtide/schedule_receivers.rs"]
mod schedule_receivers;

#[path = "mailtide/servers/mod.rs"]
mod servers;

#[path = "mailtide/truth_loads.rs"]
mod truth_loads;

#[path = "mailtide/truth_volumes.rs"]
mod truth_volumes;

#[path = "mailtide/what_if.rs"]
mod what_if;
