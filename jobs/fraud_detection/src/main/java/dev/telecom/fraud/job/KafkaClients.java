package dev.telecom.fraud.job;

import dev.telecom.fraud.job.FraudDetectionSettings.KafkaConnection;
import java.util.Properties;

/** Kafka client settings of a connection: SCRAM-SHA-512 if it names a user, TLS if it names a CA file. */
final class KafkaClients {
    /** As {@code contracts.environment.KAFKA_PASSWORD}. */
    private static final String PASSWORD_VARIABLE = "KAFKA_PASSWORD";

    private KafkaClients() {}

    static Properties properties(KafkaConnection connection) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", connection.bootstrapServers());
        properties.setProperty("security.protocol", protocol(connection));
        if (connection.username() != null) {
            properties.setProperty("sasl.mechanism", "SCRAM-SHA-512");
            properties.setProperty("sasl.jaas.config", jaasConfig(connection.username()));
            properties.setProperty("config.providers", "environment");
            properties.setProperty("config.providers.environment.class", EnvironmentConfigProvider.class.getName());
        }
        if (connection.caFile() != null) {
            properties.setProperty("ssl.truststore.type", "PEM");
            properties.setProperty("ssl.truststore.location", connection.caFile());
        }
        return properties;
    }

    private static String protocol(KafkaConnection connection) {
        String transport = connection.caFile() == null ? "PLAINTEXT" : "SSL";
        return connection.username() == null ? transport : "SASL_" + transport;
    }

    private static String jaasConfig(String username) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + username
                + "\" password=\"${environment:" + PASSWORD_VARIABLE + "}\";";
    }
}
