// SPDX-License-Identifier: Apache-2.0
/**
 * Creates the exporter and the reader for the SDK's autoconfiguration, from properties and from
 * declarative configuration. Both ways read one table of settings. No other package of the exporter
 * depends on this one, so the exporter runs without the SDK's interfaces for autoconfiguration.
 */
@NullMarked
package io.userevents.exporter.internal.autoconfigure;

import org.jspecify.annotations.NullMarked;
