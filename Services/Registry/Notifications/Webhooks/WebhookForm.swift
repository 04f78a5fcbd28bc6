import Runtime

/// What a request says of a webhook; what it leaves out is nil.
struct WebhookForm: Sendable {
    var url: String?
    var description: String?
    var kinds: [NotificationKind]?
    var isEnabled: Bool?

    /// The fields of a new webhook.
    static func new(_ policy: WebhookPolicy) -> Rule<WebhookForm> {
        Form.object { form throws(Mistakes) -> WebhookForm? in
            let url = form.required("url", policy.rule)
            return read(&form, url)
        }
    }

    /// The fields of a change.
    static func change(_ policy: WebhookPolicy) -> Rule<WebhookForm> {
        Form.object { form throws(Mistakes) -> WebhookForm? in
            let url = form.optional("url", policy.rule)
            return read(&form, url)
        }
    }

    private static func read(_ form: inout Form, _ url: String?) -> WebhookForm {
        WebhookForm(
            url: url,
            description: form.optional("description", .text(0...200)),
            kinds: form.optional("kinds", kinds),
            isEnabled: form.optional("enabled", .boolean)
        )
    }

    /// Which kinds of notifications; none for all.
    static let kinds = Rule<NotificationKind>.word.then { kind throws(Mistakes) in
        guard kind != .ping else { throw Mistakes("A ping comes whether it is asked for here or not. Leave it out.") }
        return kind
    }.list(upTo: NotificationKind.choice.count).then { $0.withoutRepetitions }

    /// For how many hours the former secret signs beside the new one.
    static let rotation = Form.object { form throws(Mistakes) -> Int? in
        form.optional("overlapHours", Rule<Int>.integer(in: 0...168, of: "hours")) ?? 24
    }
}
