// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.RecordPipeline;

/**
 * What all exports of an exporter share.
 *
 * @param maxWaitNs for how long an export waits for slots of the ring in all, 0 if it asks the
 *     back-pressure policy at once
 */
record ExportContext(
    RecordPipeline pipeline,
    long maxWaitNs,
    ExporterCounters counters,
    OversizeReports oversizeReports,
    Completions completions) {}
