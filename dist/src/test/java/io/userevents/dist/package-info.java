// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the archive as it is unpacked, and of the units, manifests and rules in it, each by the
 * program or the schema that reads it. No code of the product lives here.
 */
@NullMarked
package io.userevents.dist;

import org.jspecify.annotations.NullMarked;
