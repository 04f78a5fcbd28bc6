/// The broker has no such topic, so that there is nothing to rebuild from.
struct MissingTopic: Error, CustomStringConvertible {
    let topic: String

    var description: String { "the topic \(topic) is not there; make it with bridgectl topics apply" }
}
