// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.userevents.listener.file;

import org.jspecify.annotations.NullMarked;
