// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the unpacked archive, and of the units, manifests and rules in it, each with the program
 * or the schema that reads it. This module must not contain code of the product.
 */
@NullMarked
package io.userevents.dist;

import org.jspecify.annotations.NullMarked;
