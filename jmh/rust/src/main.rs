// SPDX-License-Identifier: Apache-2.0
//! What an export of the crate `opentelemetry-user-events-metrics` costs the process: the counterpart of
//! `io.userevents.exporter.ExportCost`. The same metrics are exported again and again, with a pause in between.
//!
//! Arguments: series, exports, exports to warm up, pause in µs, and bytes of an event. With the last one, points are
//! packed into events of at most that length (see `packing`); without it, the crate exports. A listener has to be
//! attached to `otlp_metrics`, unless the export without one is to be measured.

mod packing;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::KeyValue;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{Instrument, PeriodicReader, SdkMeterProvider, Stream, Temporality};
use opentelemetry_sdk::Resource;
use opentelemetry_user_events_metrics::MetricsExporter;
use packing::PackingExporter;
use std::thread;
use std::time::{Duration, Instant};

const SERIES_PER_METRIC: u64 = 1000;
const ONE_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// CPU time in µs and voluntary context switches of all threads so far. User and system time are shares of the CPU
/// time that the kernel estimates by its ticks.
struct Usage {
    cpu_us: f64,
    user_us: f64,
    system_us: f64,
    switches: f64,
}

impl Usage {
    fn now() -> Usage {
        // SAFETY: all zeros is a value of these plain C structures, which the calls then fill.
        let (usage, cpu) = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            let mut cpu: libc::timespec = std::mem::zeroed();
            assert_eq!(libc::getrusage(libc::RUSAGE_SELF, &mut usage), 0);
            assert_eq!(libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut cpu), 0);
            (usage, cpu)
        };
        let us = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
        Usage {
            cpu_us: cpu.tv_sec as f64 * 1e6 + cpu.tv_nsec as f64 / 1e3,
            user_us: us(usage.ru_utime),
            system_us: us(usage.ru_stime),
            switches: usage.ru_nvcsw as f64,
        }
    }
}

/// Exports what the SDK collects once as often as it is told to.
struct Repeating<E> {
    exporter: E,
    exports: u32,
    warm_up_exports: u32,
    pause: Duration,
}

impl<E: PushMetricExporter> Repeating<E> {
    async fn repeat(&self, exports: u32, metrics: &ResourceMetrics) -> OTelSdkResult {
        for _ in 0..exports {
            self.exporter.export(metrics).await?;
            if !self.pause.is_zero() {
                thread::sleep(self.pause);
            }
        }
        Ok(())
    }
}

impl<E: PushMetricExporter> PushMetricExporter for Repeating<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.repeat(self.warm_up_exports, metrics).await?;
        let before = Usage::now();
        let start = Instant::now();
        self.repeat(self.exports, metrics).await?;
        let wall_us = start.elapsed().as_secs_f64() * 1e6;
        let after = Usage::now();
        let each = |total: f64| total / f64::from(self.exports);
        let user_us = after.user_us - before.user_us;
        let system_us = after.system_us - before.system_us;
        println!(
            "rust exports={} wall_us={:.1} cpu_us={:.3} user_us={:.1} system_us={:.1} voluntary={:.2}",
            self.exports,
            each(wall_us),
            each(after.cpu_us - before.cpu_us),
            each(user_us),
            each(system_us),
            each(after.switches - before.switches)
        );
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}

fn main() {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().expect("a number"))
        .collect();
    match arguments[..] {
        [series, exports, warm_up_exports, pause_us] => {
            measure(MetricsExporter::new(), series, exports, warm_up_exports, pause_us);
        }
        [series, exports, warm_up_exports, pause_us, event_bytes] => {
            let exporter = PackingExporter::new(usize::try_from(event_bytes).expect("bytes"));
            measure(exporter, series, exports, warm_up_exports, pause_us);
        }
        _ => {
            eprintln!("arguments: SERIES EXPORTS WARM_UP_EXPORTS PAUSE_US [EVENT_BYTES]");
            std::process::exit(2);
        }
    }
}

fn measure(exporter: impl PushMetricExporter, series: u64, exports: u64, warm_up_exports: u64, pause_us: u64) {
    let exporter = Repeating {
        exporter,
        exports: u32::try_from(exports).expect("exports"),
        warm_up_exports: u32::try_from(warm_up_exports).expect("exports to warm up"),
        pause: Duration::from_micros(pause_us),
    };
    let service = KeyValue::new("service.name", "benchmark");
    let provider = SdkMeterProvider::builder()
        .with_resource(Resource::builder_empty().with_attribute(service).build())
        .with_reader(PeriodicReader::builder(exporter).with_interval(ONE_DAY).build())
        // The SDK's own limit of 2,000 series would fold the rest into one.
        .with_view(|_: &Instrument| Stream::builder().with_cardinality_limit(200_000).build().ok())
        .build();
    let meter = provider.meter("io.userevents.benchmark");
    for first in (0..series).step_by(SERIES_PER_METRIC as usize) {
        let counter = meter
            .u64_counter(format!("orders.{}", first / SERIES_PER_METRIC))
            .with_unit("{order}")
            .build();
        for point in first..series.min(first + SERIES_PER_METRIC) {
            let attributes = [
                KeyValue::new("shard", (point % 16) as i64),
                KeyValue::new("side", if point % 2 == 0 { "buy" } else { "sell" }),
                KeyValue::new("symbol", format!("SYM{point}")),
                KeyValue::new("venue", "XLON"),
            ];
            counter.add(1 + 1000 * point, &attributes);
        }
    }
    if let Err(failure) = provider.force_flush() {
        eprintln!("an export failed: {failure}");
        std::process::exit(1);
    }
}
