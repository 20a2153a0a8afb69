// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The archives as modules: their names are what other modules' declarations refer to. */
class ModuleNamesIT {

  @Test
  void shouldBeModulesWithNamesOfTheirOwnAndNoPackageInCommon() {
    ModuleFinder archives =
        ModuleFinder.of(
            Stream.of(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(
                    path ->
                        path.getFileName()
                            .toString()
                            .matches(
                                "(opentelemetry-(exporter-user-events|api|common|context|sdk-common|sdk-metrics|sdk-extension-autoconfigure-spi)|user-events-(linux|pipeline)|agrona|disruptor|jna)-\\d.*"))
                .toArray(Path[]::new));

    Configuration configuration =
        Configuration.resolve(
            archives,
            List.of(ModuleLayer.boot().configuration()),
            ModuleFinder.of(),
            Set.of("io.userevents.exporter"));

    assertThat(configuration.modules())
        .extracting(ResolvedModule::name)
        .contains("io.userevents.exporter", "io.userevents.pipeline", "io.userevents.linux");
  }
}
