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

  /** An entry: its names, the allowed values, the default, and more about it. */
  private static final Pattern ENTRY =
      Pattern.compile(
          "(?<names>`\\w+`(?: or `[\\w.]+`)*) takes (?<allowed>.+);"
              + " the default is (?<byDefault>.+?)\\.(?: .*)?");

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** The lists of settings, each with the builder that has the setters. */
  private enum SettingsList {
    EXPORTER("## All settings", UserEventsMetricExporterBuilder.class),
    READER("## Collecting only for somebody", UserEventsMetricReaderBuilder.class);

    final String heading;
    final Class<?> builder;

    SettingsList(String heading, Class<?> builder) {
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
   * An entry of a list.
   *
   * @param names the setting's, then the property that it shares with others; or the setter's of
   *     one that is for code only
   */
  private record Entry(List<String> names, String defaultValue, String allowed) {

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
  void shouldHaveAnEntryForEachSetterOfTheBuilder(SettingsList list) throws IOException {
    assertThat(entries(list))
        .extracting(Entry::setter)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(list.builder.getMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .distinct()
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldHavePropertyKeyAndRangeOfEachSettingInTheOrderOfTheList(SettingsList list)
      throws IOException {
    assertThat(entries(list).stream().filter(entry -> !entry.isForCodeOnly()))
        .extracting(Entry::key, Entry::properties, Entry::allowed)
        .containsExactlyElementsOf(
            list.settings().stream()
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
    Entry slots =
        entries(SettingsList.EXPORTER).stream()
            .filter(entry -> entry.key().equals("ring_slots"))
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
    Map<String, String> defaults = writtenDefaults(SettingsList.EXPORTER);
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
    Map<String, String> defaults = writtenDefaults(SettingsList.READER);

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

  /** Once for all its properties, unless a shared one has its own values. */
  private static String allowed(Setting<?, ?> setting) {
    return setting.properties().stream()
        .map(property -> property.format().allowed())
        .distinct()
        .collect(Collectors.joining("; otherwise "));
  }

  private static Map<String, String> writtenDefaults(SettingsList list) throws IOException {
    Function<Entry, String> value = entry -> codeIn(entry.defaultValue()).get(0);
    return entries(list).stream()
        .filter(entry -> !entry.isForCodeOnly())
        .filter(entry -> entry.defaultValue().startsWith("`"))
        .collect(Collectors.toMap(Entry::key, value));
  }

  private static String setterOf(String key) {
    return "set"
        + Arrays.stream(key.split("_", -1))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
  }

  /** The items below the heading that begin with code, each as one line: all are entries. */
  private static List<Entry> entries(SettingsList list) throws IOException {
    String section =
        document()
            .lines()
            .dropWhile(line -> !line.equals(list.heading))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .collect(Collectors.joining("\n"));
    return Arrays.stream(section.replace("\n  ", " ").split("\n", -1))
        .filter(line -> line.startsWith("- `"))
        .map(line -> entryOf(line.substring(2)))
        .toList();
  }

  private static Entry entryOf(String item) {
    Matcher entry = ENTRY.matcher(item);
    assertThat(entry.matches()).as(item).isTrue();
    return new Entry(
        codeIn(entry.group("names")), entry.group("byDefault"), entry.group("allowed"));
  }

  private static List<String> codeIn(String cell) {
    Matcher matcher = CODE.matcher(cell);
    return matcher.results().map(result -> result.group(1)).toList();
  }

  private static String document() throws IOException {
    return Files.readString(DOCS.resolve("configuration.md"));
  }
}
