// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.RecordPipeline;

/** What all exports of an exporter share. */
record ExportContext(
    RecordPipeline pipeline,
    ExporterCounters counters,
    OversizeReports oversizeReports,
    Completions completions) {}
