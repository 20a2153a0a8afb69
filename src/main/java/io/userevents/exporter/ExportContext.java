// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.RecordPipeline;

/**
 * Holds the objects that all exports of an exporter share.
 *
 * @param maxWaitNs longest wait of an export for slots of the ring in all, 0 if the back-pressure
 *     policy decides at once
 */
record ExportContext(
    RecordPipeline pipeline,
    long maxWaitNs,
    ExporterCounters counters,
    OversizeReports oversizeReports,
    Completions completions) {}
