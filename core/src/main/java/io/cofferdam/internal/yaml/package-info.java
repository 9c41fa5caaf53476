/** Files of YAML and JSON as trees that keep places, with every problem at its place; start reading at {@link io.cofferdam.internal.yaml.YamlParser}. */
@NullMarked
package io.cofferdam.internal.yaml;

import org.jspecify.annotations.NullMarked;
