"""What a plan means in money, firm by firm: ledger, cash flows, transfer prices, and the view of society."""
