// SPDX-License-Identifier: Apache-2.0
/**
 * The exporter and the reader as the SDK's autoconfiguration makes them: from properties, and from
 * declarative configuration. Both read one table of settings. Nothing else of the exporter depends
 * on this, so that it runs without the SDK's interfaces for it.
 */
@NullMarked
package io.userevents.exporter.internal.autoconfigure;

import org.jspecify.annotations.NullMarked;
