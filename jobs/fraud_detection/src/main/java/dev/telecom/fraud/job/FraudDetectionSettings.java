package dev.telecom.fraud.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * The job's settings file, which the operator writes and {@code contracts.settings.FraudDetectionSettings} declares
 * with its defaults. Here every key is required, and an unknown one is an error.
 */
public record FraudDetectionSettings(
        @JsonProperty(required = true) KafkaConnection kafka,
        @JsonProperty(required = true) String consumerGroup,
        @JsonProperty(required = true) String transactionalIdPrefix,
        @JsonProperty(required = true) String callTopic,
        @JsonProperty(required = true) String smsTopic,
        @JsonProperty(required = true) String alertTopic,
        @JsonProperty(required = true) String ruleTopic,
        @JsonProperty(required = true) String ruleReportTopic,
        @JsonProperty(required = true) int transactionTimeoutSeconds,
        @JsonProperty(required = true) int maxOutOfOrdernessSeconds,
        @JsonProperty(required = true) int idlePartitionSeconds,
        @JsonProperty(required = true) int maxClockSkewSeconds)
        implements Serializable {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** How to reach Kafka, without the password: see {@link KafkaClients}. Username and CA file may be null. */
    public record KafkaConnection(String bootstrapServers, String username, String caFile) implements Serializable {}

    /** Throws with the name of a missing, mistyped or unknown key. */
    public static FraudDetectionSettings read(Path file) throws IOException {
        return MAPPER.readValue(file.toFile(), FraudDetectionSettings.class);
    }
}
