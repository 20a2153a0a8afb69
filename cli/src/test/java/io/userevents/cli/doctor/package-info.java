// SPDX-License-Identifier: Apache-2.0
/** Tests of the doctor. */
@NullMarked
package io.userevents.cli.doctor;

import org.jspecify.annotations.NullMarked;
