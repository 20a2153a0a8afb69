// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.opentelemetry.api.metrics.MeterProvider;
import io.userevents.affinity.CpuSet;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.exporter.UserEventsMetricReaderBuilder;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares {@code docs/configuration.md} with the settings. */
@Timeout(300)
class ConfigurationDocumentTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** The one row that is of no setting, but says how its names are made. */
  private static final String EXAMPLE_OF_NAMES = "| `setRingSlots` |";

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** The tables, each with the builder that has what is in it. */
  private enum Table {
    EXPORTER("## All settings", UserEventsMetricExporterBuilder.class),
    READER("## Collecting only for somebody", UserEventsMetricReaderBuilder.class);

    final String heading;
    final Class<?> builder;

    Table(String heading, Class<?> builder) {
      this.heading = heading;
      this.builder = builder;
    }

    /** Those that can be made without code. */
    List<? extends Setting<?, ?>> settings() {
      return switch (this) {
        case EXPORTER -> Settings.ofExporter(MeterProvider::noop);
        case READER -> Settings.OF_READER;
      };
    }
  }

  /** Setters that do not have the name of their setting. */
  private static final Map<String, String> OTHERWISE_NAMED =
      Map.of(
          "temporality_preference", "setAggregationTemporalitySelector",
          "default_histogram_aggregation", "setDefaultAggregationSelector",
          "self_metrics", "setMeterProvider");

  /**
   * A row of a table.
   *
   * @param names the setting's, then the property that it shares with others; or the setter's of
   *     one that is for code only
   */
  private record Row(List<String> names, String defaultValue, String allowed) {

    boolean isForCodeOnly() {
      return names.get(0).startsWith("set");
    }

    String key() {
      return names.get(0);
    }

    String setter() {
      return isForCodeOnly() ? key() : OTHERWISE_NAMED.getOrDefault(key(), setterOf(key()));
    }

    List<String> properties() {
      return Stream.concat(Stream.of("otel.exporter.user_events." + key()), names.stream().skip(1))
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveARowForEachSetterOfTheBuilder(Table table) throws IOException {
    assertThat(rows(table))
        .extracting(Row::setter)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(table.builder.getMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .distinct()
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldHavePropertyKeyAndRangeOfEachSettingInTheOrderOfTheTable(Table table)
      throws IOException {
    assertThat(rows(table).stream().filter(row -> !row.isForCodeOnly()))
        .extracting(Row::key, Row::properties, Row::allowed)
        .containsExactlyElementsOf(
            table.settings().stream()
                .map(
                    setting ->
                        tuple(
                            setting.name(),
                            setting.properties().stream().map(Setting.Property::name).toList(),
                            allowed(setting)))
                .toList());
  }

  @Test
  void shouldNameTheSettersThatDoNotHaveTheNameOfTheirSetting() throws IOException {
    String document = document().replace("\n", " ");

    assertThat(OTHERWISE_NAMED)
        .allSatisfy(
            (key, setter) -> assertThat(document).contains("`" + key + "` is `" + setter + "`"));
  }

  @Test
  void shouldShowEachWayToNameASetting() throws IOException {
    Row slots =
        rows(Table.EXPORTER).stream()
            .filter(row -> row.key().equals("ring_slots"))
            .findFirst()
            .orElseThrow();
    String property = slots.properties().get(0);

    assertThat(document())
        .contains(
            "| `%s` | `%s` | `%s` | `%s` |"
                .formatted(
                    slots.setter(),
                    property,
                    property.replace('.', '_').toUpperCase(Locale.ROOT),
                    slots.key()));
  }

  @Test
  void shouldHaveTheDefaultsOfTheBuilder(@TempDir Path tracefs) throws IOException {
    UserEventsMetricExporter byDefault = exporters.build(unregisteredAndUnpinned(tracefs));
    List<String> logOfDefault = exporters.takeLog();

    UserEventsMetricExporterBuilder builder = unregisteredAndUnpinned(tracefs);
    Map<String, String> defaults = writtenDefaults(Table.EXPORTER);
    set(Settings.ofExporter(MeterProvider::noop), defaults, builder);
    UserEventsMetricExporter asWritten = exporters.build(builder);

    assertThat(
            Settings.ofExporter(MeterProvider::noop).stream()
                .map(Setting::name)
                .filter(name -> !defaults.containsKey(name)))
        .as("settings that are not made by default")
        .containsExactly("encoding_cache_memory", "consumer_cpu", "tracefs");
    assertThat(asWritten).hasToString(byDefault.toString());
    assertThat(exporters.takeLog()).isEqualTo(logOfDefault);
  }

  @Test
  void shouldHaveTheDefaultsOfTheReadersBuilder(@TempDir Path tracefs) throws IOException {
    UserEventsMetricExporter exporter = exporters.build(unregisteredAndUnpinned(tracefs));
    UserEventsMetricReaderBuilder builder = UserEventsMetricReader.builder(exporter);
    Map<String, String> defaults = writtenDefaults(Table.READER);

    set(Settings.OF_READER, defaults, builder);

    assertThat(defaults).hasSameSizeAs(Settings.OF_READER);
    assertThat(builder.build()).hasToString(UserEventsMetricReader.create(exporter).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"configuration.yaml", "configuration-on-attach.yaml"})
  void shouldShowTheExampleAsItIs(String example) throws IOException {
    assertThat(document())
        .contains("[" + example + "](" + example + ")")
        .contains("```yaml\n" + Files.readString(DOCS.resolve(example)) + "```\n");
  }

  /** No CPU has that number, so that it shows whether one is required. */
  private static UserEventsMetricExporterBuilder unregisteredAndUnpinned(Path tracefs) {
    return UserEventsMetricExporter.builder().setTracefs(tracefs).setConsumerCpu(CpuSet.MAX_CPU);
  }

  private static <B> void set(List<Setting<B, ?>> settings, Map<String, String> values, B builder) {
    for (Setting<B, ?> setting : settings) {
      String value = values.get(setting.name());
      if (value != null) {
        setting.set(builder, setting.name(), value);
      }
    }
  }

  /** Once for all its properties, unless a shared one has values of its own. */
  private static String allowed(Setting<?, ?> setting) {
    return setting.properties().stream()
        .map(property -> property.format().allowed())
        .distinct()
        .collect(Collectors.joining("; otherwise "));
  }

  private static Map<String, String> writtenDefaults(Table table) throws IOException {
    Function<Row, String> value = row -> codeIn(row.defaultValue()).get(0);
    return rows(table).stream()
        .filter(row -> !row.isForCodeOnly())
        .filter(row -> row.defaultValue().startsWith("`"))
        .collect(Collectors.toMap(Row::key, value));
  }

  private static String setterOf(String key) {
    return "set"
        + Arrays.stream(key.split("_", -1))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
  }

  private static List<Row> rows(Table table) throws IOException {
    return document()
        .lines()
        .dropWhile(line -> !line.equals(table.heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| `"))
        .filter(line -> !line.startsWith(EXAMPLE_OF_NAMES))
        .map(line -> line.split("\\|", -1))
        .map(cells -> new Row(codeIn(cells[1]), cells[2].strip(), cells[3].strip()))
        .toList();
  }

  private static List<String> codeIn(String cell) {
    Matcher matcher = CODE.matcher(cell);
    return matcher.results().map(result -> result.group(1)).toList();
  }

  private static String document() throws IOException {
    return Files.readString(DOCS.resolve("configuration.md"));
  }
}
