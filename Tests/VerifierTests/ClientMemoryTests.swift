import Testing

@testable import Verifier

/// What could bring back a client that was changed: a look-up that began before the change and is kept after it, or
/// during it.
@Suite struct ClientMemoryTests {
    private let memory = ClientMemory()
    private let client = Client(configuration: SampleClients.client("app"))

    @Test("a client is known for a moment, under its own name")
    func moment() {
        let now = ContinuousClock.now
        memory.keep(client, as: "app", since: memory.find("app").age, at: now)
        #expect(memory.find("app", at: now).client == client)
        #expect(memory.find("other", at: now).client == nil)
        #expect(memory.find("app", at: now + ClientMemory.lifetime).client == nil)
    }

    @Test("what was looked up before a change, or during it, is not known after it")
    func change() async {
        let before = memory.find("app").age
        memory.keep(client, as: "app", since: before)
        await memory.changing {
            #expect(memory.find("app").client == nil)
            let during = memory.find("app").age
            for age in [before, during] {
                memory.keep(client, as: "app", since: age)
                #expect(memory.find("app").client == nil)
            }
        }
        #expect(memory.find("app").client == nil)
        memory.keep(client, as: "app", since: before)
        #expect(memory.find("app").client == nil)
        memory.keep(client, as: "app", since: memory.find("app").age)
        #expect(memory.find("app").client == client)
    }
}
