//! Ordering: how much disk a pool needs to last, and by when.

use super::{Context, Order, Runway, Volumes};
use crate::{
    models::Forecast,
    platform::Pool,
    series::{DAY, median},
};

/// A terabyte, as disk is sold.
const TB: f64 = 1e12;
/// Sizes within this share of each other are the same: what is left of one model of disks by different file systems.
const SAME_SIZE: f64 = 0.05;

/// The disk that the pool needs so that, at the risk that it plans with, it is not full within the days that it plans
/// for; `None` where what it has is enough. `sizes` are the usable bytes of its volumes; forecast and runway are those
/// of them all together.
pub(super) fn order(
    pool: &Pool,
    (forecast, runway): (&Forecast, Runway),
    sizes: &[f64],
    context: &Context,
) -> Option<Order> {
    let planning = &pool.planning;
    let lasts_days = planning.order_days.min(context.platform.report.horizon_days);
    let now = (context.as_of - forecast.from_day * DAY) as f64 / DAY as f64 - 0.5;
    let planned = &forecast.highest.planned;
    let end = ((lasts_days + now).ceil().max(0.0) as usize).min(planned.len().checked_sub(1)?);
    let usable: f64 = sizes.iter().sum();
    let bytes = planned[end] / pool.full_mark - usable;
    // What would come when it was to be over already is no order.
    let early = runway.p5_days.filter(|_| bytes > 0.0 && lasts_days > pool.lead_time_days)?;
    Some(Order {
        bytes,
        by: context.before(context.date_in(early), pool.lead_time_days),
        lasts_days,
        risk: planning.risk,
        volumes: usual_size(sizes).map(|size| Volumes { count: count(bytes, size), bytes: size }),
        money: planning.price_per_tb.map(|price| price * bytes / TB),
    })
}

/// The size that more than half of a pool's volumes have, two at least.
fn usual_size(sizes: &[f64]) -> Option<f64> {
    let middle = median(&mut sizes.to_vec()).filter(|&size| size > 0.0)?;
    let alike = sizes.iter().filter(|&&size| (size / middle - 1.0).abs() <= SAME_SIZE).count();
    (alike >= 2 && 2 * alike > sizes.len()).then_some(middle)
}

/// How many volumes of a size hold so much.
fn count(bytes: f64, size: f64) -> u32 {
    // More than a count can hold is no order that anybody places.
    (bytes / size).ceil().clamp(1.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        finding::Finding,
        fixture::{GB, MAILSTORE, at, date, fact, hours, mail_pool, platform},
    };

    /// The order of a pool of two volumes of 10,000 GB that hold 8,000 GB each and grow by 10 GB a day.
    fn ordered(fields: &str) -> (Finding, Option<Order>) {
        let platform = platform(&format!("{MAILSTORE}{fields}"));
        let grown = |d: f64| (8_000.0 + 10.0 * d) * GB;
        let volumes =
            [("ms01", hours(120, grown), 10_000.0 * GB), ("ms02", hours(120, grown), 10_000.0 * GB)];
        let found = mail_pool(&volumes, &at(&platform)).remove(0);
        let order = found.decision.order.clone();
        (found, order)
    }

    #[test]
    fn an_order_lasts_as_long_as_it_is_asked_to() {
        // 16,000 GB and 20 a day. In 300 days there are 22,000 GB; 0.9 of 24,444 GB hold as much: 4,444 more than the
        // 20,000 that there are. At a risk of one half, the forecast's own unevenness counts for little.
        let (_, order) = ordered("order_days = 300\nplan_risk = 0.5\nprice_per_tb = 20\n");
        let order = order.unwrap();
        assert!((order.bytes / (22_000.0 / 0.9 - 20_000.0) / GB - 1.0).abs() < 0.1, "{order:?}");
        assert_eq!((order.lasts_days, order.risk), (300.0, 0.5));
        // Full at 18,000 GB, in 100 days, on 24 February; a month before at the latest it is to be ordered.
        assert!(order.by < date("2027-01-25"), "{}", order.by);
        let volumes = order.volumes.unwrap();
        assert_eq!((volumes.count, volumes.bytes), (1, 10_000.0 * GB));
        assert!((order.money.unwrap() - 20.0 * order.bytes / 1e12).abs() < 1e-6);
    }

    #[test]
    fn capacity_that_is_planned_counts_once() {
        // Full at 18,000 GB in 100 days. A shelf of 2,000 GB in 60 days raises that by 1,800 GB, 90 days of growth; in 300
        // days there are 22,000 GB, and the pool of 22,000 GB, with it, lacks 2,444 and not 4,444 of 24,444.
        let shelf = "[[planned]]\nname = \"A shelf\"\nkind = \"capacity\"\ndate = 2027-01-15\npool = \"mailstore\"\nbytes = \"2000GB\"\n";
        let fields = "order_days = 300\nplan_risk = 0.5\n";
        let (without, with) = (ordered(fields), ordered(&format!("{fields}{shelf}")));
        let [before, after] = [&without, &with].map(|(found, order)| {
            let days = crate::plans::fixture::exhaustion(found).runway.p50_days.unwrap();
            (days, order.as_ref().unwrap().bytes / GB)
        });
        assert!((after.0 - before.0 - 90.0).abs() < 5.0, "{before:?} {after:?}");
        assert!((before.1 - after.1 - 2_000.0).abs() < 1.0, "{before:?} {after:?}");
        // Where it comes after the days that the order is for, it takes nothing off it.
        let (_, late) = ordered(&format!("{fields}{}", shelf.replace("2027-01-15", "2027-10-15")));
        assert!((before.1 - late.unwrap().bytes / GB).abs() < 1.0);
    }

    #[test]
    fn a_smaller_risk_takes_more_disk() {
        let [safe, even] = ["0.05", "0.5"].map(|risk| ordered(&format!("plan_risk = {risk}\n")).1.unwrap());
        assert!(safe.bytes > even.bytes && safe.by == even.by, "{safe:?} {even:?}");
        assert_eq!((safe.money, safe.lasts_days), (None, 365.0));
    }

    #[test]
    fn the_order_of_a_pool_is_due_on_its_order_by_date_and_stands_in_its_advice() {
        let (found, order) = ordered("");
        let order = order.unwrap();
        assert_eq!(Some(order.by), crate::plans::fixture::exhaustion(&found).order_by);
        assert!(
            found.advice.contains("order ") && found.advice.contains("1 volume of 9.09 TiB"),
            "{}",
            found.advice
        );
        assert_eq!(fact(&found, "volumes"), Some(2.0));
    }

    #[test]
    fn what_lasts_needs_no_order() {
        // In 60 days 17,200 GB of the mark's 18,000, and as likely more as less.
        assert_eq!(ordered("order_days = 60\nplan_risk = 0.5\n").1, None);
    }

    #[test]
    fn what_would_come_too_late_is_not_ordered() {
        assert!(ordered("lead_time_days = 364\n").1.is_some());
        // Forecasts look a year ahead, and no order is told for longer.
        assert_eq!(ordered("lead_time_days = 366\n").1, None);
    }

    #[test]
    fn a_size_is_usual_where_most_volumes_have_it() {
        assert_eq!(usual_size(&[8.0, 8.1, 6.0]), Some(8.0));
        assert_eq!((usual_size(&[8.0, 6.0]), usual_size(&[8.0]), usual_size(&[])), (None, None, None));
        assert_eq!((count(16.1, 8.0), count(1e300, 1.0)), (3, u32::MAX));
    }
}
