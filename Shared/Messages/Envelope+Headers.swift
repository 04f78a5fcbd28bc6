import Traces

extension Envelope {
    /// The headers, in the order in which they are written.
    public var headers: [(name: String, value: String)] {
        let attributes = EventAttributes(id: id, type: type, source: source, time: time, trace: trace)
        var headers = attributes.headers(about: identityProvider.description)
        headers.append(("ce_tenantid", tenant.description))
        headers.append(("ce_idpid", identityProvider.description))
        if let run { headers.append(("ce_runid", run.description)) }
        if let position {
            headers.append(("ce_epoch", position.epoch.description))
            headers.append(("ce_fence", position.fence.description))
        }
        return headers
    }

    /// Reads the headers of a message.
    ///
    /// - Parameter header: The value of a header by its name.
    /// - Throws: ``EnvelopeError`` naming the header that is missing or wrong.
    public init(reading header: (String) -> String?) throws(EnvelopeError) {
        let attributes = try EventAttributes(reading: header)
        (id, type, source, time, trace) = (
            attributes.id, attributes.type, attributes.source, attributes.time, attributes.trace
        )
        tenant = try HeaderReading.required("ce_tenantid", header) { TenantID($0) }
        identityProvider = try HeaderReading.required("ce_idpid", header) { IdentityProviderID($0) }
        run = try HeaderReading.optional("ce_runid", header) { RunID($0) }
        let epoch = try HeaderReading.optional("ce_epoch", header) { Int64($0) }
        let fence = try HeaderReading.optional("ce_fence", header) { Int64($0) }
        position = epoch.map { RunPosition(epoch: Epoch(rawValue: $0), fence: Fence(rawValue: fence ?? 0)) }
    }
}
