import Messages

/// The headers of a record. Kafka's headers are texts, so the numbers are texts too.
protocol DescribedEnvelope: MessageEnvelope, Described {
    /// What its messages are about, in words.
    static var subject: String { get }
}

extension Envelope: DescribedEnvelope {
    static let subject = "identity provider"

    static let jsonSchema = envelope(
        required: ["ce_tenantid", "ce_idpid"],
        subject: "ce_idpid",
        [
            (key: "ce_tenantid", value: TenantID.jsonSchema.described("Whose it is.")),
            (key: "ce_idpid", value: IdentityProviderID.jsonSchema.described("Which identity provider it is about.")),
            (key: "ce_runid", value: RunID.jsonSchema.described("Which run it belongs to, if any.")),
            (key: "ce_epoch", value: digits.described("Which run of the identity provider, if any.")),
            (key: "ce_fence", value: digits.described("Which holder of the run, if any.")),
        ]
    )

    private static let digits = JSONSchema.text(pattern: "^[0-9]+$")
}

extension ClientEnvelope: DescribedEnvelope {
    static let subject = "client"

    static let jsonSchema = envelope(
        required: ["ce_clientid"],
        subject: "ce_clientid",
        [
            (key: "ce_clientid", value: ClientID.jsonSchema.described("Which client it is about.")),
            (
                key: "ce_tenantid",
                value: TenantID.jsonSchema.described("Whose people alone the client is for, if not everybody.")
            ),
        ]
    )
}

extension DescribedEnvelope {
    /// What all envelopes have, and what one kind has besides.
    fileprivate static func envelope(
        required: [String],
        subject: String,
        _ members: [(key: String, value: JSONSchema)]
    ) -> JSONSchema {
        .object(
            required: ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"] + required,
            [
                (key: "ce_specversion", value: .one(of: ["1.0"]).described("The version of CloudEvents.")),
                (key: "ce_id", value: EventID.jsonSchema.described("Which message, however often it is delivered.")),
                (key: "ce_type", value: .text().described("What the value is, such as wecombridge.user-batch.v1.")),
                (key: "ce_source", value: .text().described("Which program wrote it, such as wecom-fetcher/3.")),
                (key: "ce_subject", value: IdentityProviderID.jsonSchema.described("As \(subject).")),
                (key: "ce_time", value: Timestamp.jsonSchema.described("When it was written, in UTC.")),
                (key: "content-type", value: .one(of: ["application/json"]).described("How the value is written.")),
                (
                    key: "traceparent",
                    value: .text(pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
                        .described("The trace that it belongs to (W3C Trace Context).")
                ),
            ] + members
        ).described("CloudEvents 1.0 in Kafka's binary mode.")
    }
}
