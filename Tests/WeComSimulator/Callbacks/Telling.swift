/// Tells providers what changes in the corps' directories.
extension Simulator {
    private static let concurrency = 8

    /// Tells every provider that has an application in the corp; returns once each was answered or given up.
    /// - Returns: How many were sent.
    @discardableResult
    func tell(_ changes: [ContactEvent], of corp: Corp) async -> Int {
        let settings = events.settings
        guard let envelope = settings.envelope else { return 0 }
        var pushes: [(CallbackPush, Template)] = []
        for event in events.pass(changes, of: corp) { pushes += push(event, of: corp, envelope, settings) }
        await send(pushes)
        return pushes.count
    }

    /// Sends what was held back.
    func releaseEvents(reversed: Bool) async -> Int {
        let held = events.release()
        let settings = events.settings
        guard let envelope = settings.envelope else { return 0 }
        // One after the other: whoever asks for an order gets it.
        var count = 0
        for item in reversed ? held.reversed() : held {
            for (push, template) in push(item.event, of: item.corp, envelope, settings) {
                _ = await callbacks.send(push, to: template)
                count += 1
            }
        }
        return count
    }

    /// The event as each provider of the corp gets it.
    func push(
        _ event: ContactEvent,
        of corp: Corp,
        _ envelope: ContactEnvelope,
        _ settings: EventBook.Settings
    ) -> [(CallbackPush, Template)] {
        providers.templates.flatMap { template -> [(CallbackPush, Template)] in
            guard let agent = corp.agent(templateID: template.id),
                event.concerns(agent.range.resolve(in: corp.organisation))
            else { return [] }
            let message = event.message(
                envelope,
                suiteID: template.id,
                corpID: corp.id,
                second: clock.second,
                isJSON: settings.isJSON
            )
            let push = CallbackPush(
                message: message,
                receiver: envelope == .data ? corp.id : template.id,
                url: envelope == .data ? template.dataURL(of: corp.id) : template.callbackURL,
                isJSON: settings.isJSON
            )
            return Array(repeating: (push, template), count: settings.copies)
        }
    }

    private func send(_ pushes: [(CallbackPush, Template)]) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, (push, template)) in pushes.enumerated() {
                if index >= Self.concurrency { await group.next() }
                group.addTask { _ = await self.callbacks.send(push, to: template) }
            }
        }
    }
}

extension Template {
    /// Where WeCom tells of one corp: the console's URL with its `$CORPID$` filled in.
    func dataURL(of corpID: String) -> String { dataCallbackURL.replacing("$CORPID$", with: corpID) }
}
