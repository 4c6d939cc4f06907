package dev.telecom.fraud.job;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Fills {@code ${environment:NAME}} in Kafka settings from the environment of the process that opens the connection.
 * That way the job graph, which Flink writes to object storage, does not contain a password. (Kafka has a provider of
 * its own since 3.5, but the connector for Flink 1.20 is built on 3.4.)
 */
public final class EnvironmentConfigProvider implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
        return new ConfigData(Map.of());
    }

    @Override
    public ConfigData get(String path, Set<String> names) {
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            String value = System.getenv(name);
            if (value == null) {
                throw new ConfigException("environment variable " + name + " is not set; a manifest fills it from the"
                        + " KafkaUser's Secret, in JobManager and TaskManager alike");
            }
            values.put(name, value);
        }
        return new ConfigData(values);
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
