import CRdKafka
public import Kafka

/// Forgets all records of a partition, as `kafka-delete-records.sh` does: what was written before is gone, and the
/// partition's numbers go on.
///
/// - Parameter settings: librdkafka's own property names, such as `bootstrap.servers`.
/// - Throws: ``RemovalFailed``.
public func removeRecords(of partition: TopicPartition, settings: [String: String]) throws {
    let configuration = rd_kafka_conf_new()
    for (name, value) in settings { rd_kafka_conf_set(configuration, name, value, nil, 0) }
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
        rd_kafka_conf_destroy(configuration)
        throw RemovalFailed(reason: "the settings are refused")
    }
    defer { rd_kafka_destroy(client) }
    let queue = rd_kafka_queue_new(client)
    defer { rd_kafka_queue_destroy(queue) }
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset =
        Int64(RD_KAFKA_OFFSET_END)
    var requests = [rd_kafka_DeleteRecords_new(list)]
    defer { rd_kafka_DeleteRecords_destroy(requests[0]) }
    rd_kafka_DeleteRecords(client, &requests, 1, nil, queue)
    guard let event = rd_kafka_queue_poll(queue, 30_000) else { throw RemovalFailed(reason: "no answer") }
    defer { rd_kafka_event_destroy(event) }
    try check(rd_kafka_event_error(event))
    guard let offsets = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event)) else {
        return
    }
    for index in 0..<Int(offsets.pointee.cnt) { try check(offsets.pointee.elems[index].err) }
}

private func check(_ code: rd_kafka_resp_err_t) throws {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw RemovalFailed(reason: String(cString: rd_kafka_err2str(code)))
}

/// Records could not be forgotten.
public struct RemovalFailed: Error {
    /// Why.
    public let reason: String
}
