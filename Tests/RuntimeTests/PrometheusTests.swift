import CoreMetrics
import Testing

@testable import Runtime

@Suite struct PrometheusTests {
    let factory = PrometheusFactory()

    @Test("a counter counts, and two of the same name and labels are one")
    func counter() {
        factory.makeCounter(label: "stage.records", dimensions: [("stage", "a"), ("outcome", "ok")]).increment(by: 2)
        factory.makeCounter(label: "stage.records", dimensions: [("outcome", "ok"), ("stage", "a")]).increment(by: 3)
        let expected = """
            # TYPE stage_records_total counter
            stage_records_total{outcome="ok",stage="a"} 5

            """
        #expect(factory.text == expected)
    }

    @Test("a gauge shows its last value")
    func gauge() {
        let gauge = factory.makeRecorder(label: "lag", dimensions: [], aggregate: false)
        gauge.record(Int64(7))
        gauge.record(2.5)
        let meter = factory.makeMeter(label: "open", dimensions: [])
        meter.increment(by: 3)
        meter.decrement(by: 1)
        #expect(factory.text == "# TYPE lag gauge\nlag 2.5\n# TYPE open gauge\nopen 2.0\n")
    }

    @Test("a timer is a histogram of seconds whose buckets add up")
    func timer() {
        let timer = factory.makeTimer(label: "batch", dimensions: [("stage", "a")])
        for nanoseconds: Int64 in [500_000, 1_000_000, 30_000_000_000, 500_000_000_000] {
            timer.recordNanoseconds(nanoseconds)
        }
        let text = factory.text
        #expect(text.contains("# TYPE batch_seconds histogram\n"))
        #expect(text.contains("batch_seconds_bucket{stage=\"a\",le=\"0.001\"} 2\n"))
        #expect(text.contains("batch_seconds_bucket{stage=\"a\",le=\"30.0\"} 3\n"))
        #expect(text.contains("batch_seconds_bucket{stage=\"a\",le=\"+Inf\"} 4\n"))
        #expect(text.contains("batch_seconds_count{stage=\"a\"} 4\n"))
        #expect(text.contains("batch_seconds_sum{stage=\"a\"} 530.0015\n"))
    }

    @Test("labels and names are escaped")
    func escaped() {
        factory.makeCounter(label: "1 odd-näme", dimensions: [("p", "a\"b\\c\nd")]).increment(by: 1)
        #expect(factory.text.contains("_1_odd_n_me_total{p=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("a name used for two kinds of metric does not stop the program")
    func conflict() {
        factory.makeMeter(label: "x", dimensions: []).set(1.0)
        factory.makeRecorder(label: "x", dimensions: [], aggregate: true).record(1.0)
        #expect(factory.text == "# TYPE x gauge\nx 1.0\n")
    }

    @Test("counting from many tasks loses nothing")
    func concurrent() async {
        let counter = factory.makeCounter(label: "c", dimensions: [])
        let sum = factory.makeFloatingPointCounter(label: "f", dimensions: [])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment(by: 1)
                        sum.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(factory.text == "# TYPE c_total counter\nc_total 8000\n# TYPE f_total counter\nf_total 4000.0\n")
    }

    @Test("a destroyed metric is shown no more")
    func destroyed() {
        let counter = factory.makeCounter(label: "c", dimensions: [])
        factory.destroyCounter(counter)
        #expect(factory.text.isEmpty)
    }
}
