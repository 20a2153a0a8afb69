// SPDX-License-Identifier: Apache-2.0
/**
 * Tests against a real kernel. Tests tagged {@code kernel} run inside the test machine; {@link
 * io.userevents.kernel.KernelTests} starts it and reports them.
 */
@NullMarked
package io.userevents.kernel;

import org.jspecify.annotations.NullMarked;
