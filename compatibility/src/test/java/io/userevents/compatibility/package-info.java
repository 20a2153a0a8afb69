// SPDX-License-Identifier: Apache-2.0
/**
 * Programs that use the archives of this project, and tests that run them in separate JVMs: with
 * other versions of the libraries, with other flags, and on the module path.
 */
@NullMarked
package io.userevents.compatibility;

import org.jspecify.annotations.NullMarked;
