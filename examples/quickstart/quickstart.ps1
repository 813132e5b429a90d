Import-Module Vigie

Initialize-Vigie shop -Version 1.4.2 -Environment prod
$log = Get-VigieLogger shop.cart

Use-VigieSpan checkout -Kind Server -Attribute @{ order_id = 42 } {
    $placed = [ordered]@{ order_id = 42; amount = 9.5; event = 'order.placed' }
    Write-VigieLog 'order {order_id} placed' -Attribute $placed -Logger $log
    Set-VigieSpan @{ 'cart.items' = 3 }
}
Add-VigieCounter orders_total -Attribute @{ region = 'eu' }
Stop-Vigie -Timeout 5
