import Kafka
import Logging

/// Looks at the logs' ends every few seconds: how far the stage is behind, whether the brokers can be asked at all, and
/// whether a log went back under a stage that runs.
extension StageLoop {
    struct Looks {
        let interval: Duration
        var isUnderWay = false
        var failure: String?
        private var notBefore = ContinuousClock.now
        private var agesNotBefore = ContinuousClock.now

        init(interval: Duration) { self.interval = interval }

        /// - Parameter isUrgent: Whether something does not fit.
        func isDue(isUrgent: Bool) -> Bool {
            !isUnderWay && .now >= (isUrgent ? notBefore - interval + .seconds(1) : notBefore)
        }

        /// Whether it is time to tell how old things are; then it is not for a second.
        var agesAreDue: Bool {
            mutating get {
                guard .now >= agesNotBefore else { return false }
                agesNotBefore = .now + .seconds(1)
                return true
            }
        }

        mutating func begin() {
            isUnderWay = true
            notBefore = .now + interval
        }
    }

    mutating func look(_ events: inout Events) {
        showAges()
        let read = held.filter { $0.value.isReading || $0.value.isHandling }
        guard !read.isEmpty, looks.isDue(isUrgent: read.values.contains(where: \.isDoubtful)) else { return }
        looks.begin()
        let positions = read.mapValues(\.position)
        for partition in read.keys { held[partition]?.isDoubtful = false }
        let asking = Asking(consumer: consumer, handler: work.handler)
        events.addTask {
            do {
                return .looked(positions, .success(try await asking.ends(of: positions)))
            } catch {
                return .looked(positions, .failure(error))
            }
        }
    }

    mutating func take(_ result: Result<[TopicPartition: LogEnds], any Error>, at positions: [TopicPartition: Int64]) {
        looks.isUnderWay = false
        switch result {
        case .failure(let error): looks.failure = "\(error)"
        case .success(let ends):
            looks.failure = nil
            for (partition, ends) in ends {
                guard let one = held[partition], one.isReading || one.isHandling, let position = positions[partition]
                else { continue }
                if !one.isRevoked { work.metrics.show(lag: lag(of: partition, one, ends), of: partition) }
                if ends.high < position {
                    stop(partition, LogWentBack(partition: partition, position: position, end: ends.high))
                } else if let gap = one.gap {
                    if ends.low > gap { tellMissed(ends.low - gap, of: partition) }
                    held[partition]?.gap = nil
                }
            }
        }
    }

    /// How many messages are before a partition. What lies behind the last of them and is for nobody to read, such as
    /// the mark of a transaction, is none.
    private func lag(of partition: TopicPartition, _ one: HeldPartition, _ ends: LogEnds) -> Int64 {
        let isAtEnd = one.flow == .flowing && one.next == one.position
        let reached = isAtEnd ? consumer.reachedEnd(of: partition) : nil
        return max(0, ends.high - max(one.next, reached ?? one.next))
    }

    /// Also of partitions whose batch fails again and again.
    private mutating func showAges() {
        guard looks.agesAreDue else { return }
        for (partition, one) in held where !one.isRevoked { work.metrics.show(oldest: one.oldest, of: partition) }
    }
}
