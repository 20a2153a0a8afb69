// SPDX-License-Identifier: Apache-2.0
//! Points packed into events, as the crate `opentelemetry-user-events-metrics` is about to do it
//! (open-telemetry/opentelemetry-rust-contrib, pull request 780): the same structures of `opentelemetry-proto`, encoded
//! by prost, with as many points of a metric in an event as fit.

use eventheader::_internal::{EventDataDescriptor, TracepointState};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1 as otlp;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics, Sum};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::Temporality;
use prost::Message;
use std::ffi::CStr;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The declaration of the crate.
const DECLARATION: &CStr = c"otlp_metrics u32 protocol;char[8] version;__rel_loc u8[] buffer;";
const PROTOCOL: u32 = 0;
const VERSION: &[u8; 8] = b"v0.19.00";

/// The lengths of the four messages around the points grow with them, by 8 bytes in all at most.
const GROWTH_OF_LENGTHS: usize = 32;

/// Exports sums of `u64`, with several points in an event.
pub struct PackingExporter {
    tracepoint: Pin<Box<TracepointState>>,
    max_bytes: usize,
}

impl PackingExporter {
    /// Registers the tracepoint; an event has at most this many bytes of OTLP.
    pub fn new(max_bytes: usize) -> PackingExporter {
        let tracepoint = Box::pin(TracepointState::new(0));
        // SAFETY: this program is no library that could be unloaded while the tracepoint is registered.
        let errno = unsafe { tracepoint.as_ref().register(DECLARATION) };
        assert_eq!(errno, 0, "cannot register otlp_metrics");
        PackingExporter { tracepoint, max_bytes }
    }

    fn export_sum(
        &self,
        request: &mut ExportMetricsServiceRequest,
        bytes: &mut Vec<u8>,
        metric: &Metric,
        sum: &Sum<u64>,
    ) -> Result<(), i32> {
        let start_time_unix_nano = nanos(sum.start_time());
        let time_unix_nano = nanos(sum.time());
        request.resource_metrics[0].scope_metrics[0].metrics = vec![otlp::Metric {
            name: metric.name().to_string(),
            description: metric.description().to_string(),
            unit: metric.unit().to_string(),
            metadata: vec![],
            data: Some(otlp::metric::Data::Sum(otlp::Sum {
                aggregation_temporality: sum.temporality() as i32,
                is_monotonic: sum.is_monotonic(),
                data_points: vec![],
            })),
        }];
        let length_without_points = request.encoded_len() + GROWTH_OF_LENGTHS;
        let mut length = length_without_points;
        for point in sum.data_points() {
            let point = otlp::NumberDataPoint {
                attributes: point.attributes().map(Into::into).collect(),
                start_time_unix_nano,
                time_unix_nano,
                exemplars: vec![],
                flags: 0,
                value: Some(otlp::number_data_point::Value::AsInt(point.value() as i64)),
            };
            let point_length = point.encoded_len();
            let added = 1 + prost::length_delimiter_len(point_length) + point_length;
            if length + added > self.max_bytes && !points(request).is_empty() {
                self.write(request, bytes)?;
                points(request).clear();
                length = length_without_points;
            }
            points(request).push(point);
            length += added;
        }
        if points(request).is_empty() {
            return Ok(());
        }
        self.write(request, bytes)
    }

    fn write(&self, request: &ExportMetricsServiceRequest, bytes: &mut Vec<u8>) -> Result<(), i32> {
        bytes.clear();
        request.encode(bytes).expect("memory");
        // The length is in the upper half, the distance from the end of this field in the lower.
        let location = (bytes.len() as u32) << 16;
        let errno = self.tracepoint.write(&mut [
            EventDataDescriptor::zero(),
            EventDataDescriptor::from_value(&PROTOCOL),
            EventDataDescriptor::from_slice(VERSION),
            EventDataDescriptor::from_value(&location),
            EventDataDescriptor::from_slice(bytes),
        ]);
        if errno == 0 {
            Ok(())
        } else {
            Err(errno)
        }
    }
}

fn points(request: &mut ExportMetricsServiceRequest) -> &mut Vec<otlp::NumberDataPoint> {
    match &mut request.resource_metrics[0].scope_metrics[0].metrics[0].data {
        Some(otlp::metric::Data::Sum(sum)) => &mut sum.data_points,
        _ => unreachable!("the metric has just been made a sum"),
    }
}

fn nanos(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

impl PushMetricExporter for PackingExporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if !self.tracepoint.enabled() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let mut request = ExportMetricsServiceRequest {
            resource_metrics: vec![otlp::ResourceMetrics {
                resource: Some(metrics.resource().into()),
                scope_metrics: vec![],
                schema_url: metrics.resource().schema_url().unwrap_or_default().to_string(),
            }],
        };
        for scope in metrics.scope_metrics() {
            request.resource_metrics[0].scope_metrics = vec![otlp::ScopeMetrics {
                scope: Some((scope.scope(), None).into()),
                metrics: vec![],
                schema_url: scope.scope().schema_url().unwrap_or_default().to_string(),
            }];
            for metric in scope.metrics() {
                let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else {
                    return Err(OTelSdkError::InternalFailure("not a sum of u64".to_string()));
                };
                self.export_sum(&mut request, &mut bytes, metric, sum)
                    .map_err(|errno| OTelSdkError::InternalFailure(format!("write: errno {errno}")))?;
            }
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Delta
    }
}
