import Messages

extension Envelope: Described {
    /// The headers of a record. Kafka's headers are texts, so the numbers are texts too.
    static let jsonSchema = JSONSchema.object(
        required: [
            "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_tenantid", "ce_idpid",
        ],
        [
            (key: "ce_specversion", value: .one(of: ["1.0"]).described("The version of CloudEvents.")),
            (key: "ce_id", value: EventID.jsonSchema.described("Which message, however often it is delivered.")),
            (key: "ce_type", value: .text().described("What the value is, such as wecombridge.user-batch.v1.")),
            (key: "ce_source", value: .text().described("Which program wrote it, such as wecom-fetcher/3.")),
            (key: "ce_subject", value: IdentityProviderID.jsonSchema.described("As ce_idpid.")),
            (key: "ce_time", value: Timestamp.jsonSchema.described("When it was written, in UTC.")),
            (key: "content-type", value: .one(of: ["application/json"]).described("How the value is written.")),
            (key: "ce_tenantid", value: TenantID.jsonSchema.described("Whose it is.")),
            (key: "ce_idpid", value: IdentityProviderID.jsonSchema.described("Which identity provider it is about.")),
            (
                key: "traceparent",
                value: .text(pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
                    .described("The trace that it belongs to (W3C Trace Context).")
            ),
            (key: "ce_runid", value: RunID.jsonSchema.described("Which run it belongs to, if any.")),
            (key: "ce_epoch", value: digits.described("Which run of the identity provider, if any.")),
            (key: "ce_fence", value: digits.described("Which holder of the run, if any.")),
        ]
    ).described("CloudEvents 1.0 in Kafka's binary mode.")

    private static let digits = JSONSchema.text(pattern: "^[0-9]+$")
}
