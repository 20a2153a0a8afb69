// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring Boot service with the OpenTelemetry starter. It calls nothing of the exporter: that is
 * on the class path, and {@code application.yaml} asks for it.
 */
@NullMarked
package io.userevents.examples.spring;

import org.jspecify.annotations.NullMarked;
