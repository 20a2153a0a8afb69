// SPDX-License-Identifier: Apache-2.0
/** Runs the services, each in a JVM with the class path that Maven has resolved for it. */
@NullMarked
package io.userevents.services;

import org.jspecify.annotations.NullMarked;
